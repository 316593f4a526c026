import type { ClientRecord } from "../../src/stytch/reads";
import { AppAuthorizationsDocument, FindAppsDocument, ScopesDocument } from "../generated/graphql";
import { callersOf } from "../support/callers";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { codeOf, post } from "../support/post";

const SEARCH_CLIENTS = "POST /v1/connected_apps/clients/search";
const GET_POLICY = "GET /v1/b2b/rbac/policy";
const ORGANIZATION_APP = "GET /v1/b2b/organizations/:organization_id/connected_apps/:connected_app_id";
const AUTHENTICATE = "POST /v1/b2b/sessions/authenticate";

let gateway: TestGateway;
let callers: Awaited<ReturnType<typeof callersOf>>;
beforeAll(async () => {
  gateway = await startTestGateway();
  callers = await callersOf(gateway);
});
beforeEach(() => void gateway.calls());
afterAll(() => gateway.stop());

const operator = () => gateway.client(callers["service read:marketplace"]);
const admin = () => gateway.client(callers["organization admin"]);

describe("connectedApps(filter)", () => {
  /** Records like the demo app's, as many and under such names as wanted, at the end of Stytch's list. */
  function addApps(count: number, nameOf: (index: number) => string): () => void {
    const { state, seeded } = gateway.emulator;
    const demo = state.requireClient(seeded.demoApp.clientId);
    const ids = Array.from({ length: count }, (_, index) => `connected-app-test-added-${index}`);
    for (const [index, client_id] of ids.entries()) {
      state.clients.set(client_id, { ...demo, client_id, client_name: nameOf(index) });
    }
    return () => {
      for (const id of ids) state.clients.delete(id);
    };
  }

  const NAMES = "query ($filter: ConnectedAppFilter) { connectedApps(filter: $filter) { totalCount nodes { name } } }";

  test("by part of the name, without case and accents: one search", async () => {
    const remove = addApps(2, (index) => ["Café-Émile", "Cafeteria"][index] ?? "");
    const { connectedApps } = await operator().request(FindAppsDocument, {
      filter: { nameContains: "CAFE" },
      organizationId: "northwind",
    });
    remove();
    expect(connectedApps?.nodes.map(({ name }) => name)).toEqual(["Café-Émile", "Cafeteria"]);
    expect(connectedApps).toMatchObject({ totalCount: 2, pageInfo: { hasNextPage: false } });
    expect(gateway.calls().filter((route) => route === SEARCH_CLIENTS)).toHaveLength(1);
  });

  test("by type, and by both at once", async () => {
    const all = [...gateway.emulator.state.clients.values()];
    const namesOf = (clients: Pick<ClientRecord, "client_name">[]) =>
      clients.map(({ client_name }) => ({ name: client_name }));
    const isPublic = ({ client_type }: { client_type: string }) => client_type.endsWith("_public");
    const clientTypes = ["FIRST_PARTY_PUBLIC", "THIRD_PARTY_PUBLIC"];
    const byType = await post(gateway.url, callers["service read:marketplace"], NAMES, { filter: { clientTypes } });
    expect(byType.data).toEqual({
      connectedApps: { totalCount: all.filter(isPublic).length, nodes: namesOf(all.filter(isPublic)) },
    });
    const [some] = all.filter(isPublic);
    const nameContains = some?.client_name ?? "";
    const both = await post(gateway.url, callers["service read:marketplace"], NAMES, {
      filter: { nameContains, clientTypes: ["FIRST_PARTY", "THIRD_PARTY"] },
    });
    expect(both.data).toEqual({ connectedApps: { totalCount: 0, nodes: [] } });
  });

  test("a match behind thousands of others is reached, by one search a page, none twice", async () => {
    const wanted = [3, 1_400, 1_401, 1_402, 2_050];
    const remove = addApps(2_100, (index) => (wanted.includes(index) ? `needle ${index}` : `straw ${index}`));
    const found: string[] = [];
    const pages: number[] = [];
    let after: string | null = null;
    for (let more = true; more; ) {
      const page: {
        connectedApps: {
          totalCount: number | null;
          pageInfo: { hasNextPage: boolean; endCursor: string };
          nodes: { name: string }[];
        };
      } = await operator().request(
        `query ($after: String) { connectedApps(first: 2, after: $after, filter: { nameContains: "needle" }) {
            totalCount pageInfo { hasNextPage endCursor } nodes { name } } }`,
        { after },
      );
      expect(gateway.calls()).toEqual([SEARCH_CLIENTS]);
      expect(page.connectedApps.totalCount).toBeNull();
      found.push(...page.connectedApps.nodes.map(({ name }) => name));
      pages.push(page.connectedApps.nodes.length);
      after = page.connectedApps.pageInfo.endCursor;
      more = page.connectedApps.pageInfo.hasNextPage;
    }
    remove();
    expect(found).toEqual(wanted.map((index) => `needle ${index}`));
    // A short page leads on: what is missing lies in the next thousand.
    expect(pages).toEqual([1, 2, 1, 1]);
  });

  test("an empty page says where to go on", async () => {
    const remove = addApps(1_100, (index) => `straw ${index}`);
    const { connectedApps } = await operator().request(FindAppsDocument, { filter: { nameContains: "needle" } });
    const endCursor = connectedApps?.pageInfo.endCursor ?? null;
    const next = await operator().request(FindAppsDocument, { filter: { nameContains: "needle" }, after: endCursor });
    remove();
    expect(connectedApps).toMatchObject({ nodes: [], pageInfo: { hasNextPage: true, endCursor: expect.any(String) } });
    expect(next.connectedApps).toMatchObject({ nodes: [], pageInfo: { hasNextPage: false, endCursor: null } });
  });

  test.each([
    { nameContains: "" },
    { nameContains: "  " },
    { nameContains: "x".repeat(201) },
    { clientTypes: [] },
    { clientTypes: ["UNKNOWN"] },
  ])("%j is refused, and nothing is sent", async (filter) => {
    const answer = await post(gateway.url, callers["service read:marketplace"], NAMES, { filter });
    expect(codeOf(answer)).toBe("BAD_USER_INPUT");
    expect(gateway.calls()).toEqual([]);
  });
});

describe("scopes", () => {
  const READ_LEDGER = { scope: "read:ledger", description: "Read your ledger" };

  test("as the project's policy has them; an operator sees which roles can grant each", async () => {
    const { scopes } = await operator().request(ScopesDocument);
    expect(scopes?.map(({ scope }) => scope)).toEqual(gateway.emulator.state.policy.scopes.map(({ scope }) => scope));
    expect(scopes?.[0]).toEqual({ ...READ_LEDGER, roles: ["bookkeeper", "auditor"] });
    // No role of the project may delete.
    expect(scopes?.find(({ scope }) => scope === "delete:ledger")?.roles).toEqual([]);
    expect(gateway.calls()).toEqual([GET_POLICY]);
  });

  test("a scope that needs every action of a resource: `*` covers it, and so does a list of all", async () => {
    const { policy } = gateway.emulator.state;
    const { roles, scopes } = policy;
    const permission = (resource_id: string, ...actions: string[]) => [{ resource_id, actions }];
    const role = (role_id: string, ...actions: string[]) => ({
      role_id,
      description: "",
      permissions: permission("ledger", ...actions),
    });
    policy.roles = [role("all", "*"), role("each", "read", "write", "delete"), role("some", "read", "write")];
    policy.scopes = [{ scope: "all:ledger", description: "", permissions: permission("ledger", "*") }];
    const answer = await operator().request(ScopesDocument);
    Object.assign(policy, { roles, scopes });
    expect(answer.scopes).toEqual([{ scope: "all:ledger", description: "", roles: ["all", "each"] }]);
  });

  test("every Member reads them, none which roles there are; twice in a query is one call", async () => {
    const query = "{ scopes { scope description roles } again: scopes { scope } }";
    for (const kind of ["plain Member", "app manager", "organization admin"] as const) {
      const answer = await post<{ scopes: unknown[] }>(gateway.url, callers[kind], query);
      expect(answer.data?.scopes[0]).toEqual({ ...READ_LEDGER, roles: null });
      expect(gateway.calls()).toEqual([GET_POLICY]);
    }
  });

  test.each([
    ["nobody", "UNAUTHENTICATED"],
    ["a Connected App", "UNAUTHENTICATED"],
    ["service manage:clients", "FORBIDDEN"],
  ] as const)("not for %s", async (kind, code) => {
    const answer = await post(gateway.url, callers[kind], "{ scopes { scope } }");
    expect(codeOf(answer)).toBe(code);
    expect(answer.data?.scopes ?? null).toBeNull();
    expect(gateway.calls()).toEqual([]);
  });
});

describe("ConnectedApp.memberCount", () => {
  const COUNT = "query ($id: ID!, $in: ID) { connectedApp(id: $id) { memberCount(organizationId: $in) } }";
  const demo = () => gateway.emulator.seeded.demoApp.clientId;

  test("is how many Members have authorizations, and costs the same one call", async () => {
    const { connectedApp } = await admin().request(AppAuthorizationsDocument, { id: demo() });
    gateway.calls();
    const answer = await post(
      gateway.url,
      callers["organization admin"],
      "query ($id: ID!) { connectedApp(id: $id) { memberCount authorizations { id } } }",
      { id: demo() },
    );
    expect(answer.errors).toEqual([]);
    expect(answer.data).toMatchObject({ connectedApp: { memberCount: connectedApp?.authorizations?.length } });
    expect(connectedApp?.authorizations?.length).toBeGreaterThan(1);
    expect(gateway.calls().toSorted()).toEqual([ORGANIZATION_APP, AUTHENTICATE].toSorted());
  });

  test("an operator names the Organization, and reads 0 where nobody uses the app", async () => {
    const { state } = gateway.emulator;
    const unused = "connected-app-test-unused";
    state.clients.set(unused, { ...state.requireClient(demo()), client_id: unused });
    const countOf = (id: string, organization?: string) =>
      post(gateway.url, callers["service read:marketplace"], COUNT, { id, in: organization });
    const used = await countOf(demo(), "northwind");
    const none = await countOf(unused, "northwind");
    const unnamed = await countOf(demo());
    state.clients.delete(unused);
    expect(used.data).toEqual({ connectedApp: { memberCount: expect.any(Number) } });
    expect(none.data).toEqual({ connectedApp: { memberCount: 0 } });
    expect(codeOf(unnamed)).toBe("BAD_USER_INPUT");
    expect(unnamed.data).toEqual({ connectedApp: { memberCount: null } });
  });

  test("is FORBIDDEN to a plain Member, who may not read others", async () => {
    const answer = await post(gateway.url, callers["plain Member"], COUNT, { id: demo() });
    expect(codeOf(answer)).toBe("FORBIDDEN");
    expect(answer.data).toEqual({ connectedApp: { memberCount: null } });
  });

  test("another tenant's is as unknown as one that does not exist, for an admin too", async () => {
    const other = gateway.emulator.state.organizations.findBySlug("harbor-accounting")?.organization_id;
    for (const organization of [other, "harbor-accounting", "crm-1002", "no-such"]) {
      const answer = await post(gateway.url, callers["organization admin"], COUNT, { id: demo(), in: organization });
      expect(codeOf(answer)).toBe("NOT_FOUND");
      expect(answer.errors[0]?.message).toBe("There is no such Organization.");
      expect(answer.data).toEqual({ connectedApp: { memberCount: null } });
    }
  });
});
