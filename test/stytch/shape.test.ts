import { startTestGateway, type TestGateway } from "../support/gateway";
import { post } from "../support/post";

let gateway: TestGateway;
let headers: Record<string, string>;
beforeAll(async () => {
  gateway = await startTestGateway();
  headers = { authorization: `Bearer ${await gateway.emulator.mintM2mToken()}` };
});
afterAll(() => gateway.stop());

const SEARCH = "POST /v1/b2b/organizations/members/search";
const QUERY = `{ viewer { isOperator } organization(id: "organization-test-63d4b4e0-ae30-49ef-8c5b-09c94ebd26f0") {
  members { nodes { id name emailAddress status roles isAdmin createdAt } } } }`;
const good = { member_id: "member-test-1", organization_id: "organization-test-63d4b4e0-ae30-49ef-8c5b-09c94ebd26f0" };

async function ask(members: unknown) {
  const body = JSON.stringify({
    status_code: 200,
    request_id: "r",
    members,
    organizations: {},
    results_metadata: { total: 1 },
  });
  gateway.emulator.faults.inject({ route: SEARCH, fault: { kind: "body", body }, times: 1 });
  const answer = await post(gateway.url, headers, QUERY);
  gateway.emulator.faults.clear();
  return answer;
}

test.each([
  ["a null name", { name: null }],
  ["a name that is a number", { name: 7 }],
  ["a garbage date", { created_at: "yesterday" }],
  ["a date that is none here", { created_at: "May 5" }],
  ["a day that there is not", { created_at: "2026-02-30T09:00:00Z" }],
  ["roles that are no list", { roles: "admin" }],
  ["a role that is null", { roles: [null] }],
  ["a status that nobody knows", { status: { odd: true } }],
  ["no flag", { is_admin: "yes" }],
])("%s costs the field, not the page", async (_, odd) => {
  const { data, errors } = await ask([{ ...good, email_address: "a@b.example", ...odd }]);
  expect(errors).toEqual([]);
  expect(data).toMatchObject({
    viewer: { isOperator: true },
    organization: { members: { nodes: [{ id: "member-test-1", emailAddress: "a@b.example", createdAt: null }] } },
  });
});

test("a record without an id is left out, with an error that says so; the rest is shown", async () => {
  const { data, errors } = await ask([null, { name: "Nobody" }, { ...good, name: "Somebody" }]);
  expect(data).toMatchObject({ organization: { members: { nodes: [{ name: "Somebody" }] } } });
  expect(errors).toMatchObject([{ message: expect.stringMatching(/^2 of members could not be shown/) }]);
});

test("a missing list is an error of its field alone", async () => {
  const { data, errors } = await ask(undefined);
  expect(data).toMatchObject({ viewer: { isOperator: true }, organization: { members: null } });
  expect(errors).toMatchObject([{ path: ["organization", "members"], extensions: { code: "UPSTREAM_UNAVAILABLE" } }]);
});

test("each oddity is in the log once", () => {
  const lines = gateway.logs.filter(({ msg }) => String(msg).startsWith("Stytch answered something odd"));
  expect(lines.length).toBeGreaterThan(3);
  expect(new Set(lines.map(({ name }) => name)).size).toBe(lines.length);
});

test("a root field that fails leaves its neighbours", async () => {
  const route = "POST /v1/b2b/organizations/search";
  gateway.emulator.faults.inject({ route, fault: { kind: "body", body: '{"status_code":200,"request_id":"r"}' } });
  const query = "{ viewer { isOperator } organizations { nodes { id } } nodes(ids: []) { id } }";
  const { data, errors } = await post(gateway.url, headers, query);
  expect(data).toEqual({ viewer: { isOperator: true }, organizations: null, nodes: [] });
  expect(errors).toMatchObject([{ path: ["organizations"], extensions: { code: "UPSTREAM_UNAVAILABLE" } }]);
});

test("a member's refusals on operators' fields leave what it may see", async () => {
  const session = await gateway.emulator.mintSession({ memberId: gateway.emulator.seeded.people.memberId });
  const many = Array.from({ length: 101 }, (_, index) => `"member-test-${index}"`);
  const query = `{ viewer { isOperator } organizations { nodes { id } } connectedApps { nodes { id } } nodes(ids: [${many.join(" ")}]) { id } }`;
  const { data, errors } = await post(gateway.url, { authorization: `Bearer ${session.session_jwt}` }, query);
  expect(data).toEqual({ viewer: { isOperator: false }, organizations: null, connectedApps: null, nodes: null });
  expect(errors.map(({ path, extensions }) => [path?.[0], extensions.code]).sort()).toEqual([
    ["connectedApps", "FORBIDDEN"],
    ["nodes", "BAD_USER_INPUT"],
    ["organizations", "FORBIDDEN"],
  ]);
});
