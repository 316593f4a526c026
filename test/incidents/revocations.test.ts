import { memberIdOf } from "stytch-emulator";
import {
  RevokeAppDocument,
  type RevokeAppInput,
  RevokeMemberAppDocument,
  RevokeMemberAppsDocument,
} from "../generated/graphql";
import { type CallerKind, callersOf } from "../support/callers";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { codeOf, post } from "../support/post";

const ORGANIZATION = "/v1/b2b/organizations/:organization_id";
const AUTHENTICATE = "POST /v1/b2b/sessions/authenticate";
const USERS = `GET ${ORGANIZATION}/connected_apps/:connected_app_id`;
const APPS = `GET ${ORGANIZATION}/members/:member_id/connected_apps`;
const REVOKE = `POST ${ORGANIZATION}/members/:member_id/connected_apps/:connected_app_id/revoke`;
const SEARCH = "POST /v1/b2b/organizations/members/search";
const CLIENT = "GET /v1/connected_apps/clients/:client_id";
const UNKNOWN_APP = "connected-app-test-00000000-0000-4000-8000-000000000000";
const UNKNOWN_MEMBER = "member-test-00000000-0000-4000-8000-000000000000";

let gateway: TestGateway;
let ids: { northwind: string; harbor: string; app: string; admin: string };
let callers: Awaited<ReturnType<typeof callersOf>>;
beforeAll(async () => {
  gateway = await startTestGateway();
  callers = await callersOf(gateway);
  const { organizations } = gateway.emulator.state;
  ids = {
    northwind: organizations.findBySlug("northwind")?.organization_id ?? "",
    harbor: organizations.findBySlug("harbor-accounting")?.organization_id ?? "",
    app: gateway.emulator.seeded.demoApp.clientId,
    admin: gateway.emulator.seeded.people.adminId,
  };
});
afterAll(() => gateway.stop());

const users = (organizationId: string) =>
  gateway.emulator.state.grants.ofOrganizationAndClient(organizationId, ids.app).map(({ member_id }) => member_id);

function grant(organizationId: string, ...memberIds: string[]): void {
  const { grants } = gateway.emulator.state;
  for (const member_id of memberIds) {
    grants.record({ organization_id: organizationId, member_id, client_id: ids.app, scopes: ["openid"] });
  }
}

/** Exactly these use the app in the Organization. */
function setUsers(organizationId: string, memberIds: readonly string[]): void {
  for (const memberId of users(organizationId)) gateway.emulator.state.grants.forget(memberId, ids.app);
  grant(organizationId, ...memberIds);
}

const some = (slug: string, count: number) => Array.from({ length: count }, (_, index) => memberIdOf(slug, index + 3));
const counted = (calls: string[]) => {
  const counts: Record<string, number> = {};
  for (const call of calls) counts[call] = (counts[call] ?? 0) + 1;
  return counts;
};

async function revokeApp(input: Partial<RevokeAppInput>, memberId = ids.admin) {
  const client = await gateway.as(memberId);
  gateway.calls();
  const { revokeApp: payload } = await client.request(RevokeAppDocument, {
    input: { connectedAppId: ids.app, ...input },
  });
  return payload;
}

/** What the audit log says of the requests since the last time. */
function audited() {
  const lines = gateway.logs.splice(0).filter(({ msg }) => msg === "audit");
  return lines.map(({ action, outcome, memberId }) => `${action} ${outcome} ${memberId}`).sort();
}

describe("revokeApp", () => {
  test("ends an app's access to everybody in one Organization, and to nobody elsewhere", async () => {
    const everybody = some("northwind", 12);
    setUsers(ids.northwind, everybody);
    grant(ids.harbor, memberIdOf("harbor-accounting", 3));
    gateway.logs.length = 0;
    const before = Date.now();
    const payload = await revokeApp({});
    expect(payload).toMatchObject({ revokedCount: 12, remainingCount: 0, failures: [], userErrors: [] });
    const minutes = gateway.emulator.state.requireClient(ids.app).access_token_expiry_minutes;
    const validUntil = Date.parse(payload?.accessTokensValidUntil ?? "");
    expect(validUntil).toBeGreaterThanOrEqual(before + minutes * 60_000);
    expect(validUntil).toBeLessThanOrEqual(Date.now() + minutes * 60_000);
    expect(counted(gateway.calls())).toEqual({ [AUTHENTICATE]: 1, [USERS]: 2, [REVOKE]: 12, [CLIENT]: 1 });
    expect(users(ids.northwind)).toEqual([]);
    expect(users(ids.harbor)).toContain(memberIdOf("harbor-accounting", 3));
    expect(audited()).toEqual(everybody.map((id) => `AUTHORIZATION_REVOKED DONE ${id}`).sort());
  });

  test("again: nothing is left, and nothing is wrong", async () => {
    setUsers(ids.northwind, []);
    expect(await revokeApp({})).toMatchObject({ revokedCount: 0, remainingCount: 0, failures: [], userErrors: [] });
    expect(gateway.calls()).not.toContain(REVOKE);
  });

  test("an app that does not exist is used by nobody; what is no app's id is not found", async () => {
    expect(await revokeApp({ connectedAppId: UNKNOWN_APP })).toMatchObject({
      revokedCount: 0,
      remainingCount: 0,
      accessTokensValidUntil: null,
      userErrors: [],
    });
    expect(await revokeApp({ connectedAppId: "../../x" })).toMatchObject({
      revokedCount: 0,
      remainingCount: null,
      accessTokensValidUntil: null,
      userErrors: [{ code: "NOT_FOUND", field: ["connectedAppId"] }],
    });
  });

  test("named Members lose it, the others keep it; who had lost it already counts as nothing", async () => {
    const [one = "", two = "", three = ""] = some("northwind", 3);
    setUsers(ids.northwind, [one, two]);
    const payload = await revokeApp({ memberIds: [one, three, one] });
    expect(payload).toMatchObject({ revokedCount: 1, remainingCount: 0, failures: [], userErrors: [] });
    expect(users(ids.northwind)).toEqual([two]);
    expect(counted(gateway.calls())).toMatchObject({ [SEARCH]: 1, [REVOKE]: 1 });
  });

  test("an empty list names nobody", async () => {
    setUsers(ids.northwind, some("northwind", 2));
    expect(await revokeApp({ memberIds: [] })).toMatchObject({ revokedCount: 0, remainingCount: 0, userErrors: [] });
    expect(users(ids.northwind)).toHaveLength(2);
  });

  test.each([
    ["another tenant's", () => memberIdOf("harbor-accounting", 3)],
    ["unknown", () => UNKNOWN_MEMBER],
    ["no id at all", () => "northwind-0004"],
  ])("a Member who is %s is not found, and then nothing is revoked", async (_, strangerId) => {
    const [known = "", unused = ""] = some("northwind", 2);
    setUsers(ids.northwind, [known]);
    grant(ids.harbor, memberIdOf("harbor-accounting", 3));
    const payload = await revokeApp({ memberIds: [known, strangerId(), unused, strangerId()] });
    expect(payload).toMatchObject({
      revokedCount: 0,
      remainingCount: null,
      userErrors: [
        { code: "NOT_FOUND", field: ["memberIds", "1"] },
        { code: "NOT_FOUND", field: ["memberIds", "3"] },
      ],
    });
    expect(gateway.calls()).not.toContain(REVOKE);
    expect(users(ids.northwind)).toEqual([known]);
    expect(users(ids.harbor)).toContain(memberIdOf("harbor-accounting", 3));
  });

  test("at most 100 Members can be named, and at most 100 are revoked in one call", async () => {
    const many = Array.from({ length: 130 }, (_, index) => memberIdOf("northwind", 1000 + index));
    const { state } = gateway.emulator;
    for (const member_id of many) {
      state.members.save({ ...state.requireMember(ids.northwind, ids.admin), member_id, external_id: "" });
    }
    setUsers(ids.northwind, many);
    expect(await revokeApp({ memberIds: many.slice(0, 101) })).toMatchObject({
      userErrors: [{ code: "INVALID", field: ["memberIds"] }],
    });
    expect(await revokeApp({})).toMatchObject({ revokedCount: 100, remainingCount: 30 });
    expect(await revokeApp({ memberIds: users(ids.northwind).slice(0, 10) })).toMatchObject({
      revokedCount: 10,
      remainingCount: 0,
    });
    expect(await revokeApp({})).toMatchObject({ revokedCount: 20, remainingCount: 0 });
    for (const member_id of many) state.members.delete(member_id);
  });

  test("who comes meanwhile counts as remaining", async () => {
    const [early = "", late = ""] = some("northwind", 2);
    setUsers(ids.northwind, [early]);
    const { grants } = gateway.emulator.state;
    const revoke = grants.revoke.bind(grants);
    const comes = jest.spyOn(grants, "revoke").mockImplementation((memberId, clientId) => {
      grant(ids.northwind, late);
      return revoke(memberId, clientId);
    });
    expect(await revokeApp({})).toMatchObject({ revokedCount: 1, remainingCount: 1 });
    comes.mockRestore();
  });

  test("what fails is named with its reason, and the rest goes on", async () => {
    setUsers(ids.northwind, some("northwind", 8));
    gateway.emulator.faults.inject({ route: REVOKE, fault: { kind: "status", status: 429 }, times: 2 });
    const payload = await revokeApp({});
    expect(payload).toMatchObject({ revokedCount: 6, remainingCount: 2, userErrors: [] });
    expect(payload?.failures.map(({ code, connectedAppId }) => [code, connectedAppId])).toEqual([
      ["UPSTREAM_RATE_LIMITED", ids.app],
      ["UPSTREAM_RATE_LIMITED", ids.app],
    ]);
    expect(payload?.failures.map(({ memberId }) => memberId).sort()).toEqual(users(ids.northwind).sort());
    expect(await revokeApp({})).toMatchObject({ revokedCount: 2, remainingCount: 0, failures: [] });
  });

  test("a lost answer is settled by looking again", async () => {
    setUsers(ids.northwind, some("northwind", 4));
    const { faults } = gateway.emulator;
    faults.inject({ route: REVOKE, fault: { kind: "reset-after-effect" } });
    faults.inject({ route: REVOKE, fault: { kind: "reset" } });
    const payload = await revokeApp({});
    expect(payload).toMatchObject({ revokedCount: 3, remainingCount: 1, userErrors: [] });
    expect(payload?.failures).toMatchObject([{ memberId: users(ids.northwind)[0], code: "UPSTREAM_UNAVAILABLE" }]);
  });

  test("when Stytch is down it stops early", async () => {
    setUsers(ids.northwind, some("northwind", 20));
    const { faults } = gateway.emulator;
    faults.inject({ route: REVOKE, fault: { kind: "status", status: 429 }, times: 100 });
    const payload = await revokeApp({});
    expect(payload).toMatchObject({ revokedCount: 0, remainingCount: 20 });
    expect(counted(gateway.calls())[REVOKE]).toBeLessThanOrEqual(19);
    faults.clear();
    expect(await revokeApp({})).toMatchObject({ revokedCount: 20, remainingCount: 0 });
  });
});

describe("who may", () => {
  const MUTATIONS = {
    "revokeApp for a colleague": "revokeApp",
    "revokeMemberApps of a colleague": "revokeMemberApps",
  } as const;
  const REFUSED: Partial<Record<CallerKind, [string, string[]]>> = {
    nobody: ["UNAUTHENTICATED", []],
    "plain Member": ["FORBIDDEN", [AUTHENTICATE]],
    "service read:marketplace": ["FORBIDDEN", []],
    "service manage:clients": ["FORBIDDEN", []],
    "a Connected App": ["UNAUTHENTICATED", []],
    "two identities": ["BAD_USER_INPUT", []],
  };
  const KINDS: CallerKind[] = [
    "nobody",
    "plain Member",
    "app manager",
    "organization admin",
    "operator person",
    "service read:marketplace",
    "service manage:clients",
    "service manage:authorizations",
    "service with every scope",
    "a Connected App",
    "two identities",
  ];
  const cases = Object.entries(MUTATIONS).flatMap(([title, mutation]) =>
    KINDS.map((kind) => ({ title, mutation, kind })),
  );

  test.each(cases)("$title by $kind", async ({ mutation, kind }) => {
    const colleague = memberIdOf("northwind", 6);
    setUsers(ids.northwind, [colleague]);
    const isOperator = kind.startsWith("service") || kind === "operator person";
    const target = mutation === "revokeApp" ? { connectedAppId: ids.app } : { memberId: colleague };
    const input = { ...target, ...(isOperator && { organizationId: ids.northwind }) };
    const type = `${mutation[0]?.toUpperCase()}${mutation.slice(1)}Input`;
    gateway.calls();
    const answer = await post<Record<string, unknown>>(
      gateway.url,
      callers[kind],
      `mutation ($input: ${type}!) { ${mutation}(input: $input) { remainingCount userErrors { code } } }`,
      { input },
    );
    const [code, calls] = REFUSED[kind] ?? [];
    expect(codeOf(answer)).toBe(code);
    if (code) expect(gateway.calls()).toEqual(calls);
    else expect(answer.data?.[mutation]).toEqual({ remainingCount: 0, userErrors: [] });
    expect(users(ids.northwind)).toEqual(code ? [colleague] : []);
  });

  test("a refusal is written down, once, and sends nothing else", async () => {
    const { memberId } = gateway.emulator.seeded.people;
    setUsers(ids.northwind, some("northwind", 3));
    gateway.logs.length = 0;
    await expect(revokeApp({}, memberId)).rejects.toThrow("FORBIDDEN");
    expect(gateway.calls()).toEqual([AUTHENTICATE]);
    expect(audited()).toEqual(["AUTHORIZATION_REVOKED REFUSED null"]);
  });

  test("a plain Member may end what they gave themselves", async () => {
    const { memberId } = gateway.emulator.seeded.people;
    setUsers(ids.northwind, [memberId, memberIdOf("northwind", 6)]);
    expect(await revokeApp({ memberIds: [memberId] }, memberId)).toMatchObject({ revokedCount: 1, remainingCount: 0 });
    expect(await revokeApp({ memberIds: [memberId] }, memberId)).toMatchObject({ revokedCount: 0, remainingCount: 0 });
    expect(users(ids.northwind)).toEqual([memberIdOf("northwind", 6)]);
  });

  test("another tenant's Organization is not found", async () => {
    grant(ids.harbor, memberIdOf("harbor-accounting", 3));
    expect(await revokeApp({ organizationId: ids.harbor })).toMatchObject({
      userErrors: [{ code: "NOT_FOUND", field: ["organizationId"] }],
    });
    expect(users(ids.harbor)).toContain(memberIdOf("harbor-accounting", 3));
  });
});

describe("revokeMemberApps", () => {
  test("ends everything one Member granted, and nothing of others", async () => {
    const leaver = memberIdOf("northwind", 7);
    const stayer = memberIdOf("northwind", 8);
    const { grants } = gateway.emulator.state;
    const kept = [...grants.ofMember(stayer)].length;
    const apps = [...grants.ofMember(leaver)].map(({ client_id }) => client_id);
    expect(apps.length).toBeGreaterThan(2);
    const client = await gateway.as(ids.admin);
    gateway.calls();
    const input = { memberId: leaver };
    const { revokeMemberApps } = await client.request(RevokeMemberAppsDocument, { input });
    expect(revokeMemberApps).toMatchObject({ revokedCount: apps.length, remainingCount: 0, userErrors: [] });
    const longest = Math.max(...apps.map((id) => gateway.emulator.state.requireClient(id).access_token_expiry_minutes));
    const validUntil = Date.parse(revokeMemberApps?.accessTokensValidUntil ?? "");
    expect(Math.abs(validUntil - Date.now() - longest * 60_000)).toBeLessThan(10_000);
    expect(counted(gateway.calls())).toMatchObject({ [APPS]: 2, [REVOKE]: apps.length });
    expect([...grants.ofMember(leaver)]).toEqual([]);
    expect([...grants.ofMember(stayer)]).toHaveLength(kept);
    const again = await client.request(RevokeMemberAppsDocument, { input });
    expect(again.revokeMemberApps).toMatchObject({
      revokedCount: 0,
      remainingCount: 0,
      accessTokensValidUntil: null,
      userErrors: [],
    });
  });

  test.each([
    ["another tenant's", () => memberIdOf("harbor-accounting", 4)],
    ["unknown", () => UNKNOWN_MEMBER],
    ["no id at all", () => "x"],
  ])("a Member who is %s is not found", async (_, memberId) => {
    const client = await gateway.as(ids.admin);
    const { revokeMemberApps } = await client.request(RevokeMemberAppsDocument, { input: { memberId: memberId() } });
    expect(revokeMemberApps).toMatchObject({
      revokedCount: 0,
      remainingCount: null,
      failures: [],
      userErrors: [{ code: "NOT_FOUND", field: ["memberId"] }],
    });
  });
});

test("revokeMemberApp says until when tokens may still be accepted, and asks for it only if it is selected", async () => {
  const memberId = memberIdOf("northwind", 6);
  const payroll = [...gateway.emulator.state.clients.values()].find(
    ({ client_name }) => client_name === "Payroll Bridge",
  );
  const connectedAppId = payroll?.client_id ?? "";
  const { grants } = gateway.emulator.state;
  const record = { organization_id: ids.northwind, member_id: memberId, client_id: connectedAppId, scopes: ["openid"] };
  grants.record(record);
  const client = await gateway.as(ids.admin);
  const input = { memberId, connectedAppId };
  const { revokeMemberApp } = await client.request(RevokeMemberAppDocument, { input });
  const validUntil = Date.parse(revokeMemberApp?.accessTokensValidUntil ?? "");
  expect(Math.abs(validUntil - Date.now() - 15 * 60_000)).toBeLessThan(10_000);
  grants.record(record);
  gateway.calls();
  await client.request(
    "mutation ($input: RevokeMemberAppInput!) { revokeMemberApp(input: $input) { revokedConnectedAppId } }",
    { input },
  );
  expect(gateway.calls()).toEqual([REVOKE]);
});
