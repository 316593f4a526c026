import fc from "fast-check";
import { memberIdOf } from "stytch-emulator";
import { loadConfig } from "../../src/config";
import { type Gateway, startGateway } from "../../src/gateway";
import { createLogger } from "../../src/logger";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { codeOf, post } from "../support/post";

const SEARCH = "POST /v1/b2b/organizations/members/search";
const SEARCH_ORGANIZATIONS = "POST /v1/b2b/organizations/search";
const AUTHENTICATE = "POST /v1/b2b/sessions/authenticate";
const MAX_AGE_SECONDS = 15;
const RUNS = 25;

let gateway: TestGateway;
let now: number;
beforeEach(async () => {
  now = Date.UTC(2026, 0, 1);
  const config = { directoryMaxAgeSeconds: MAX_AGE_SECONDS };
  gateway = await startTestGateway({ config, clock: () => new Date(now) });
});
afterEach(() => gateway.stop());

const sessionOf = async (memberId: string) => ({
  "x-stytch-member-session": (await gateway.emulator.mintSession({ memberId })).session_token,
});
const service = async () => ({ authorization: `Bearer ${await gateway.emulator.mintM2mToken()}` });
const count = (route: string, calls = gateway.calls()) => calls.filter((call) => call === route).length;
const PAGE = "{ organization { name members(first: 3) { nodes { id name } } } }";

function rename(memberId: string, name: string): void {
  const { members } = gateway.emulator.state;
  const member = members.get(memberId);
  if (member) members.save({ ...member, name });
}

test("a console that reads a page every 5 s for 10 minutes makes a third of the searches", async () => {
  const admin = await sessionOf(memberIdOf("northwind", 0));
  let shown = "";
  for (let i = 0; i < 120; i++) {
    const answer = await post(gateway.url, admin, PAGE);
    expect(answer.errors).toEqual([]);
    shown ||= JSON.stringify(answer.data);
    expect(JSON.stringify(answer.data)).toBe(shown);
    now += 5000;
  }
  expect(count(SEARCH)).toBe(120 / (MAX_AGE_SECONDS / 5));
});

test("several sessions that ask for the same page at once make one search; each is asked about by itself", async () => {
  const [admin, again, plain] = [
    await sessionOf(memberIdOf("northwind", 0)),
    await sessionOf(memberIdOf("northwind", 0)),
    await sessionOf(memberIdOf("northwind", 5)),
  ];
  gateway.emulator.settings.latencyMs = 100;
  const first = post(gateway.url, admin, PAGE);
  while (!gateway.emulator.requests(SEARCH).length) await new Promise(setImmediate);
  const answers = await Promise.all([first, post(gateway.url, again, PAGE), post(gateway.url, plain, PAGE)]);
  expect(answers.map(codeOf)).toEqual([undefined, undefined, "FORBIDDEN"]);
  expect(answers[1]?.data).toEqual(answers[0]?.data);
  const calls = gateway.calls();
  expect(count(SEARCH, calls)).toBe(1);
});

test("whoever waited for a search that gets no answer asks for itself", async () => {
  const [plain, admin] = [await sessionOf(memberIdOf("northwind", 5)), await sessionOf(memberIdOf("northwind", 0))];
  gateway.emulator.settings.latencyMs = 100;
  const refused = post(gateway.url, plain, PAGE);
  while (!gateway.emulator.requests(SEARCH).length) await new Promise(setImmediate);
  expect([codeOf(await post(gateway.url, admin, PAGE)), codeOf(await refused)]).toEqual([undefined, "FORBIDDEN"]);
  expect(count(SEARCH)).toBe(2);
});

test("a change shows when the answer is too old, and at once for who asks for it", async () => {
  const admin = await sessionOf(memberIdOf("northwind", 0));
  const names = async (headers = {}) => (await post(gateway.url, { ...admin, ...headers }, PAGE)).text;
  await names();
  rename(memberIdOf("northwind", 1), "Renamed Once");
  now += 14_999;
  expect(await names()).not.toContain("Renamed Once");
  expect(await names({ "cache-control": "no-cache" })).toContain("Renamed Once");
  // What was read afresh is what is remembered.
  expect(await names()).toContain("Renamed Once");
  rename(memberIdOf("northwind", 1), "Renamed Twice");
  now += 15_000;
  expect(await names()).toContain("Renamed Twice");
});

test("another session is checked before it sees what is remembered; the check is no search and costs one call", async () => {
  await post(gateway.url, await sessionOf(memberIdOf("northwind", 0)), PAGE);
  const reader = await sessionOf(memberIdOf("northwind", 2));
  await post(gateway.url, reader, "{ __typename }");
  gateway.calls();
  const answer = await post(gateway.url, reader, PAGE);
  expect(answer.errors).toEqual([]);
  // The token itself, then the permission.
  expect(gateway.calls()).toEqual([AUTHENTICATE, AUTHENTICATE]);
  const plain = await sessionOf(memberIdOf("northwind", 5));
  const refused = await post(gateway.url, plain, PAGE);
  expect(codeOf(refused)).toBe("FORBIDDEN");
  expect(refused.data).toMatchObject({ organization: { members: null } });
  expect(count(SEARCH)).toBe(0);
});

test("what was forbidden is not searched for again at once, whatever the aliases and the requests", async () => {
  const plain = await sessionOf(memberIdOf("northwind", 5));
  const aliases = Array.from(
    { length: 30 },
    (_, i) => `a${i}: members(first: 1, filter: { emailContains: "example${i}" }) { nodes { id } }`,
  );
  for (let i = 0; i < 4; i++) {
    const { errors } = await post(gateway.url, plain, `{ organization { ${aliases.join(" ")} } }`);
    expect(errors).toHaveLength(30);
  }
  expect(count(SEARCH)).toBe(1);
});

test("nor for a new session with the same roles, nor for an answer of this moment; for other roles it is", async () => {
  const memberId = memberIdOf("northwind", 5);
  const ask = async () =>
    codeOf(await post(gateway.url, { ...(await sessionOf(memberId)), "cache-control": "no-cache" }, PAGE));
  for (let i = 0; i < 5; i++) expect(await ask()).toBe("FORBIDDEN");
  expect(count(SEARCH)).toBe(1);
  const { members } = gateway.emulator.state;
  const member = members.get(memberId);
  const roles = [{ role_id: "directory", sources: [{ type: "direct_assignment", details: {} }] }];
  if (member) members.save({ ...member, roles });
  expect(await ask()).toBeUndefined();
  expect(count(SEARCH)).toBe(1);
});

test("many searches at once by a Member who may not search cost one", async () => {
  const ask = async (first: number) =>
    post(
      gateway.url,
      await sessionOf(memberIdOf("northwind", 5)),
      `{ organization { members(first: ${first}) { nodes { id } } } }`,
    );
  gateway.emulator.settings.latencyMs = 100;
  const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => ask(i + 1)));
  expect(new Set(answers.map(codeOf))).toEqual(new Set(["FORBIDDEN"]));
  expect(count(SEARCH)).toBe(1);
});

test("policies are never remembered", async () => {
  const operator = await service();
  const list = (fields: string) =>
    post(gateway.url, operator, `{ organizations(first: 2) { nodes { id ${fields} } } }`);
  await list("name");
  const { organizations } = gateway.emulator.state;
  for (const organization of organizations.values()) {
    organizations.set(organization.organization_id, {
      ...organization,
      third_party_connected_apps_allowed_type: "NOT_ALLOWED",
    });
  }
  gateway.calls();
  await list("name");
  expect(count(SEARCH_ORGANIZATIONS)).toBe(0);
  const answer = await list("connectedAppPolicy { thirdParty { mode } }");
  expect(answer.errors).toEqual([]);
  expect(answer.text.match(/NOT_ALLOWED/g)).toHaveLength(2);
});

describe("property", () => {
  /** The same marketplace, and nothing remembered. */
  let oracle: Gateway;
  beforeEach(async () => {
    const { projectId, secret, url, operatorOrganizationId } = gateway.emulator;
    oracle = await startGateway(
      {
        ...loadConfig({
          PORT: "0",
          NODE_ENV: "test",
          UPSTREAM_SEARCHES_PER_MINUTE: "0",
          DIRECTORY_MAX_AGE_SECONDS: "0",
        }),
        stytch: { projectId, secret, baseUrl: `${url}/` },
        loginUrl: `${url}/login`,
        operatorOrganizationId,
      },
      { logger: createLogger("silent") },
    );
  });
  afterEach(() => oracle.stop());

  /** Members whose roles come and go, of two Organizations. */
  const people = ["northwind", "bluefin"].flatMap((slug) => [0, 1, 2, 3].map((index) => memberIdOf(slug, index)));
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant("read" as const), who: fc.nat(8), what: fc.nat(3) }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant("roles" as const), who: fc.nat(7), mayRead: fc.boolean() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("revoke" as const), who: fc.nat(7), what: fc.nat(0) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("wait" as const), who: fc.nat(20), what: fc.nat(0) }) },
  );
  const ids = ["northwind", "bluefin"].map((slug) => memberIdOf(slug, 3));
  const queries = [
    PAGE,
    "{ organization { members(first: 2, filter: { statuses: [ACTIVE] }) { nodes { id name } } } }",
    `{ nodes(ids: ${JSON.stringify(ids)}) { ... on Member { id name } } }`,
    `{ a: member(id: "${ids[0]}") { name } b: member(id: "${ids[1]}") { name } }`,
  ];

  test("nobody sees from memory what Stytch would not show at that moment", async () => {
    let fromMemory = 0;

    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 14 }), async (steps) => {
        // Nothing of the run before is remembered.
        now += 60_000;
        const sessions = await Promise.all(people.map(sessionOf));
        for (const { kind, who, ...rest } of steps) {
          const { members } = gateway.emulator.state;
          const member = members.get(people[who] ?? "");
          if (kind === "wait") now += who * 1000;
          else if (kind === "revoke") sessions[who] = await sessionOf(people[who] ?? "");
          else if (kind === "roles" && member && "mayRead" in rest) {
            const roles = rest.mayRead ? ["directory"] : [];
            members.save({
              ...member,
              roles: roles.map((role_id) => ({ role_id, sources: [{ type: "direct_assignment", details: {} }] })),
            });
          } else if (kind === "read" && "what" in rest) {
            const headers = sessions[who] ?? (await service());
            const query = queries[rest.what] ?? PAGE;
            gateway.calls();
            const ours = await post(gateway.url, headers, query);
            if (count(SEARCH) === 0 && ours.text.includes('"name"')) fromMemory += 1;
            const truth = await post(oracle.url, headers, query);
            const shown = JSON.stringify(ours.data);
            if (shown === JSON.stringify(truth.data)) continue;
            // A session that was refused a moment ago may be refused a moment longer; that shows less, never more.
            expect(codeOf(ours)).toBe("FORBIDDEN");
            expect(truth.text).toContain("name");
            expect(ours.text.match(/"name"/g)?.length ?? 0).toBeLessThan(truth.text.match(/"name"/g)?.length ?? 0);
          }
        }
      }),
      { numRuns: RUNS },
    );
    // The property was put to the test: memory did answer.
    expect(fromMemory).toBeGreaterThan(RUNS / 4);
  }, 120_000);
});
