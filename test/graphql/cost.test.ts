import { startTestGateway, type TestGateway } from "../support/gateway";
import { codeOf, post } from "../support/post";

let gateway: TestGateway;
let headers: Record<string, string>;
beforeAll(async () => {
  gateway = await startTestGateway();
  headers = { authorization: `Bearer ${await gateway.emulator.mintM2mToken()}` };
});
afterAll(() => gateway.stop());

const ask = (query: string, variables: Record<string, unknown> = {}) => post(gateway.url, headers, query, variables);
const requested = async (query: string, variables?: Record<string, unknown>) =>
  (await ask(query, variables)).extensions.cost?.requested;

const MEMBERS = "members(first: 50) { nodes { authorizations { scopes } } }";

test.each([
  ["nothing", "{ __typename }", 0],
  ["introspection", "{ __schema { types { name } } }", 0],
  ["a page", "{ connectedApps(first: 3) { nodes { name registration { status } } } }", 1],
  ["a page that is skipped", "{ connectedApps @skip(if: true) { nodes { name } } }", 0],
  ["a fragment", "{ ...Apps } fragment Apps on Query { connectedApps { nodes { name } } }", 1],
  // The page, the RBAC question, 20 Organizations' Members and their search, 51 for the authorizations of each.
  ["Q2", `{ organizations(first: 20) { nodes { ${MEMBERS} } } }`, 1 + 1 + 21 + 20 * 51],
])("the bound of %s is known", async (_, query, bound) => {
  expect(await requested(query)).toBe(bound);
});

test("variables decide like literals", async () => {
  const query =
    "query ($first: Int, $with: Boolean!) { organizations(first: $first) { nodes { members @include(if: $with) { totalCount } } } }";
  expect(await requested(query, { first: 10, with: false })).toBe(1);
  expect(await requested(query, { first: 10, with: true })).toBe(12);
});

test("a query over the limit is refused with the numbers, before the first call", async () => {
  gateway.calls();
  const answer = await ask(`{ organizations(first: 100) { nodes { ${MEMBERS} } } }`);
  expect(codeOf(answer)).toBe("COST_LIMIT_EXCEEDED");
  expect(answer.status).toBe(400);
  expect(answer.errors[0]?.extensions).toMatchObject({ limit: 2500, requested: expect.any(Number) });
  expect(answer.extensions.cost).toEqual({ requested: 0, upstreamCalls: 0, coalesced: 0, objects: 0 });
  expect(gateway.calls()).toEqual([]);
});

test("aliases that multiply are refused without being summed up", async () => {
  const level = (inner: string) =>
    Array.from({ length: 12 }, (_, index) => `a${index}: members { nodes { organization { ${inner} } } }`).join(" ");
  const answer = await ask(
    `{ organization(id: "northwind") { ${level("...Again")} } } fragment Again on Organization { ${level("id")} }`,
  );
  expect(["COST_LIMIT_EXCEEDED", "GRAPHQL_VALIDATION_FAILED"]).toContain(codeOf(answer));
  expect(answer.extensions.cost?.upstreamCalls).toBe(0);
});

test("the call that checks a session is part of the cost", async () => {
  const { session_token } = await gateway.emulator.mintSession({ memberId: gateway.emulator.seeded.people.adminId });
  const answer = await post(gateway.url, { "x-stytch-member-session": session_token }, "{ viewer { isOperator } }");
  expect(answer.extensions.cost).toEqual({ requested: 1, upstreamCalls: 1, coalesced: 0, objects: 1 });
});
