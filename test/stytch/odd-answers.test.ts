import { startTestGateway, type TestGateway } from "../support/gateway";
import { askStytch, askWhile as askWhileOf, at, type Headers, type Json, put } from "../support/odd-answer";
import { codeOf, post } from "../support/post";

let gateway: TestGateway;
let service: Headers;
let admin: Headers;
let ids: { organization: string; member: string; app: string; otherApp: string };
beforeAll(async () => {
  gateway = await startTestGateway({ rateLimits: { viewer: 0, address: 0, organization: 0 } });
  const { emulator } = gateway;
  const { people, demoApp } = emulator.seeded;
  const bearer = async (memberId: string) => ({
    authorization: `Bearer ${(await emulator.mintSession({ memberId })).session_jwt}`,
  });
  service = { authorization: `Bearer ${await emulator.mintM2mToken()}` };
  admin = await bearer(people.adminId);
  const organization = emulator.state.organizations.findBySlug("northwind")?.organization_id ?? "";
  const { connected_apps } = await stytch("GET", `/v1/b2b/organizations/${organization}/connected_apps`);
  const used = (connected_apps as Json[]).map(({ connected_app_id }) => String(connected_app_id));
  const otherApp = used.find((id) => id !== demoApp.clientId) ?? "";
  ids = { organization, member: people.memberId, app: demoApp.clientId, otherApp };
});
afterEach(() => gateway.emulator.faults.clear());
afterAll(() => gateway.stop());

const stytch = (method: string, path: string, body?: Json) => askStytch(gateway, method, path, body);
const askWhile = (route: string, body: Json, headers: Headers, query: string) =>
  askWhileOf(gateway, route, body, headers, query);

const ORGANIZATION = "/v1/b2b/organizations/:organization_id";
const ORGANIZATION_SEARCH = "POST /v1/b2b/organizations/search";
const MEMBER_SEARCH = "POST /v1/b2b/organizations/members/search";
const CLIENT_SEARCH = "POST /v1/connected_apps/clients/search";
const AUTHENTICATE = "POST /v1/b2b/sessions/authenticate";
const ORGANIZATION_APP = `GET ${ORGANIZATION}/connected_apps/:connected_app_id`;
const POLICY = "GET /v1/b2b/rbac/policy";

const searchOrganizations = () => stytch("POST", "/v1/b2b/organizations/search", { limit: 100 });
const searchClients = () => stytch("POST", "/v1/connected_apps/clients/search", { limit: 100 });
const searchMembers = () =>
  stytch("POST", "/v1/b2b/organizations/members/search", { organization_ids: [ids.organization], limit: 25 });
const getPolicy = () => stytch("GET", "/v1/b2b/rbac/policy");
const getApp = () => stytch("GET", `/v1/b2b/organizations/${ids.organization}/connected_apps/${ids.otherApp}`);
const authenticate = async (memberId = ids.member) => {
  const { session_token } = await gateway.emulator.mintSession({ memberId });
  return stytch("POST", "/v1/b2b/sessions/authenticate", { session_token });
};

const MEMBER_FIELDS = "id name emailAddress status roles isAdmin externalId createdAt updatedAt";
const ORGANIZATION_FIELDS = `id name slug externalId logoUrl createdAt updatedAt
  connectedAppPolicy { firstParty { mode allowedAppIds } thirdParty { mode allowedAppIds } }`;
const APP_FIELDS = "id name description clientType logoUrl";
const CLIENT_FIELDS = `${APP_FIELDS} registration { status creationMethod redirectUrls postLogoutRedirectUrls
  fullAccessAllowed bypassConsentForOfflineAccess accessTokenExpiryMinutes accessTokenCustomAudience
  accessTokenTemplateContent idTokenTemplateContent metadataUrl secret { lastFour nextLastFour rotationInProgress } }`;
const PAGE = "totalCount pageInfo { hasNextPage endCursor }";

const ODD: unknown[] = [null, undefined, 1e300, "odd", {}, [null, "x"]];
/** What is asked, where in the answer each field is made odd, and who asks. */
const READS: [string, string, () => Promise<Json>, string, () => string, () => Headers][] = [
  [
    "a Member's own record",
    AUTHENTICATE,
    authenticate,
    "member",
    () => `viewer { member { ${MEMBER_FIELDS} } }`,
    () => admin,
  ],
  [
    "its Organization",
    AUTHENTICATE,
    authenticate,
    "organization",
    () => `viewer { organization { ${ORGANIZATION_FIELDS} } }`,
    () => admin,
  ],
  [
    "the right to read the audit log",
    AUTHENTICATE,
    authenticate,
    "member",
    () => "organization { id auditLog { nodes { id } } }",
    () => admin,
  ],
  [
    "a list of Members",
    MEMBER_SEARCH,
    searchMembers,
    "",
    () => `organization { members { ${PAGE} nodes { id } } }`,
    () => admin,
  ],
  [
    "a Member of a list",
    MEMBER_SEARCH,
    searchMembers,
    "members.0",
    () => `organization { members { nodes { ${MEMBER_FIELDS} } } }`,
    () => admin,
  ],
  [
    "how a list goes on",
    MEMBER_SEARCH,
    searchMembers,
    "results_metadata",
    () => `organization { members { ${PAGE} nodes { id } } }`,
    () => admin,
  ],
  [
    "a list of Organizations",
    ORGANIZATION_SEARCH,
    searchOrganizations,
    "",
    () => `organizations { ${PAGE} nodes { id } }`,
    () => service,
  ],
  [
    "an Organization of a list",
    ORGANIZATION_SEARCH,
    searchOrganizations,
    "organizations.0",
    () => `organizations { nodes { ${ORGANIZATION_FIELDS} } }`,
    () => service,
  ],
  [
    "a list of clients",
    CLIENT_SEARCH,
    searchClients,
    "",
    () => `connectedApps { ${PAGE} nodes { id } }`,
    () => service,
  ],
  [
    "a client of a list",
    CLIENT_SEARCH,
    searchClients,
    "connected_apps.0",
    () => `connectedApps { nodes { ${CLIENT_FIELDS} } }`,
    () => service,
  ],
  [
    "an app of an Organization",
    ORGANIZATION_APP,
    getApp,
    "",
    () => `connectedApp(id: "${ids.otherApp}") { ${APP_FIELDS} authorizations { id scopes } }`,
    () => admin,
  ],
  [
    "a Member who granted something",
    ORGANIZATION_APP,
    getApp,
    "active_members.0",
    () => `connectedApp(id: "${ids.otherApp}") { authorizations { id scopes member { id } } }`,
    () => admin,
  ],
  ["the RBAC policy", POLICY, getPolicy, "policy", () => "scopes { scope description roles }", () => service],
  ["a scope of it", POLICY, getPolicy, "policy.scopes.0", () => "scopes { scope description roles }", () => service],
  ["a role of it", POLICY, getPolicy, "policy.roles.0", () => "scopes { scope description roles }", () => service],
];

test.each(READS)(
  "no odd field of %s is a fault of ours, nor costs its neighbours",
  async (_, route, read, where, query, who) => {
    const real = await read();
    const path = where === "" ? [] : where.split(".");
    const fields = Object.keys(at(real, path) ?? {}).filter((field) => field !== "status_code");
    expect(fields.length).toBeGreaterThan(0);
    for (const field of fields) {
      for (const value of ODD) {
        const body = put(real, [...path, field], value);
        const answer = await askWhile(route, body, who(), `{ neighbour: __typename viewer { isOperator } ${query()} }`);
        const tried = `${field}: ${JSON.stringify(value)}`;
        expect([tried, answer.status, answer.data?.neighbour]).toEqual([tried, 200, "Query"]);
        expect(answer.data?.viewer).not.toBeNull();
        expect([tried, answer.errors.map(({ extensions }) => extensions.code)]).not.toEqual([
          tried,
          expect.arrayContaining(["INTERNAL_SERVER_ERROR"]),
        ]);
      }
    }
  },
);

test("none of it is in the log as a fault of ours, and no value is in the log at all", () => {
  expect(gateway.logs.filter(({ level }) => Number(level) >= 50)).toEqual([]);
  expect(JSON.stringify(gateway.logs)).not.toContain("1e+300");
});

test("an entry of an Organization's policy that is no id is dropped: the page stays", async () => {
  const body = put(
    await searchOrganizations(),
    ["organizations", "0", "allowed_third_party_connected_apps"],
    ["a", null],
  );
  const query = "{ organizations { nodes { id connectedAppPolicy { thirdParty { allowedAppIds } } } } }";
  const { data, errors } = await askWhile(ORGANIZATION_SEARCH, body, service, query);
  expect(errors).toEqual([]);
  expect(at(data, ["organizations", "nodes", "0", "connectedAppPolicy", "thirdParty", "allowedAppIds"])).toEqual(["a"]);
  expect(at(data, ["organizations", "nodes", "length"])).toBeGreaterThan(1);
});

test.each([null, { total: 5, next_cursor: 7 }])(
  "records are shown when nobody knows how the list goes on (%j), with an error that says so",
  async (results_metadata) => {
    const body = { ...(await searchMembers()), results_metadata };
    const { data, errors } = await askWhile(
      MEMBER_SEARCH,
      body,
      admin,
      `{ organization { members { ${PAGE} nodes { id } } } }`,
    );
    expect(at(data, ["organization", "members", "nodes", "length"])).toBe(at(body, ["members", "length"]));
    expect(at(data, ["organization", "members", "totalCount"])).toBe(results_metadata?.total ?? null);
    expect(errors).toMatchObject([
      { message: expect.stringContaining("results_metadata"), extensions: { code: "UPSTREAM_UNAVAILABLE" } },
    ]);
  },
);

test("a scope whose permissions are odd is left out with an error; no role is said to hold it", async () => {
  const real = await getPolicy();
  const scopes = at(real, ["policy", "scopes", "length"]);
  const body = put(real, ["policy", "scopes", "0", "permissions"], [{ resource_id: "documents", actions: [null] }]);
  const { data, errors } = await askWhile(POLICY, body, service, "{ scopes { scope roles } }");
  expect(at(data, ["scopes", "length"])).toBe(Number(scopes) - 1);
  expect(errors).toMatchObject([{ message: expect.stringMatching(/^1 of scopes could not be shown/) }]);
});

test.each(["roles", "resources", "scopes"])("a project may have no %s: null is an empty list", async (list) => {
  const real = await getPolicy();
  const { data, errors } = await askWhile(
    POLICY,
    put(real, ["policy", list], null),
    service,
    "{ scopes { scope roles } }",
  );
  expect(errors).toEqual([]);
  expect(at(data, ["scopes", "length"])).toBe(list === "scopes" ? 0 : at(real, ["policy", "scopes", "length"]));
});

test("a role may have no permissions: null is none, and it holds no scope", async () => {
  const real = await getPolicy();
  const role = String(at(real, ["policy", "roles", "0", "role_id"]));
  const body = put(real, ["policy", "roles", "0", "permissions"], null);
  const { data, errors } = await askWhile(POLICY, body, service, "{ scopes { scope roles } }");
  expect(errors).toEqual([]);
  expect(JSON.stringify(data)).not.toContain(`"${role}"`);
});

test("an app whose Members cannot be read is left out of the authorizations, with an error; the others are shown", async () => {
  const query =
    "{ organization { authorizations { connectedApp { id } } members(first: 30) { nodes { authorizations { id } } } } }";
  const appsOf = (data: unknown) => {
    const authorizations = at(data, ["organization", "authorizations"]) as { connectedApp: { id: string } }[];
    return new Set(authorizations.map(({ connectedApp }) => connectedApp.id));
  };
  const all = appsOf((await post(gateway.url, admin, query)).data);
  const { data, errors } = await askWhile(
    ORGANIZATION_APP,
    { ...(await getApp()), active_members: null },
    admin,
    query,
  );
  expect(appsOf(data).size).toBe(all.size - 1);
  expect(errors).toMatchObject([{ message: expect.stringMatching(/^1 of connected_apps could not be shown/) }]);
  // Whoever ends an app's access is not told that nobody has it.
  const revoke = `mutation { revokeApp(input: { connectedAppId: "${ids.otherApp}" }) { revokedCount userErrors { code } } }`;
  const revoked = await askWhile(ORGANIZATION_APP, { ...(await getApp()), active_members: null }, admin, revoke);
  expect([revoked.data, codeOf(revoked)]).toEqual([{ revokeApp: null }, "UPSTREAM_UNAVAILABLE"]);
});

describe("a session token whose answer is odd", () => {
  const ask = async (memberId: string, change: (answer: Json) => Json) => {
    const { session_token } = await gateway.emulator.mintSession({ memberId });
    const body = change(await stytch("POST", "/v1/b2b/sessions/authenticate", { session_token }));
    const query = "{ viewer { isOperator member { id } } }";
    return askWhile(AUTHENTICATE, body, { "x-stytch-member-session": session_token }, query);
  };

  test.each([null, "stytch_admin", [null]])(
    "roles that are %j make nobody an operator, and refuse nobody",
    async (roles) => {
      const { operatorId } = gateway.emulator.seeded.people;
      const { data, status } = await ask(operatorId, (answer) => put(answer, ["member_session", "roles"], roles));
      expect([status, data]).toEqual([200, { viewer: { isOperator: false, member: { id: operatorId } } }]);
      const real = await ask(operatorId, (answer) => answer);
      expect(real.data).toMatchObject({ viewer: { isOperator: true } });
    },
  );

  test("the session's own token may be missing", async () => {
    const { data, errors } = await ask(ids.member, ({ session_token: _, session_jwt: __, ...answer }) => answer);
    expect([errors, data]).toEqual([[], { viewer: { isOperator: false, member: { id: ids.member } } }]);
  });

  test.each(["member", "organization"])(
    "without %s beside the session its own field fails, and no other",
    async (name) => {
      const { session_token } = await gateway.emulator.mintSession({ memberId: ids.member });
      const body = put(await stytch("POST", "/v1/b2b/sessions/authenticate", { session_token }), [name], null);
      const query = "{ viewer { member { id } organization { slug } } }";
      const answer = await askWhile(AUTHENTICATE, body, { "x-stytch-member-session": session_token }, query);
      const all = { member: { id: ids.member }, organization: { slug: "northwind" } };
      expect([answer.status, answer.data]).toEqual([200, { viewer: { ...all, [name]: null } }]);
      expect(answer.errors.map(({ path, extensions }) => [path, extensions.code])).toEqual([
        [["viewer", name], "UPSTREAM_UNAVAILABLE"],
      ]);
    },
  );

  test("whoever it names no Member of is not let in", async () => {
    const answer = await ask(ids.member, (body) => put(body, ["member_session", "member_id"], ""));
    expect([answer.status, codeOf(answer)]).toEqual([502, "UPSTREAM_UNAVAILABLE"]);
  });
});

describe("a Member without a proper Organization", () => {
  const MEMBER = "GET /v1/b2b/organizations/members/dangerously_get/:member_id";
  test.each([null, 42, "", [], {}, undefined])(
    "organization_id is %j: the Member is not shown, and nothing is asked of nobody",
    async (value) => {
      const found = await searchMembers();
      const list = 'organization(id: "northwind") { members { nodes { id organization { id } } } }';
      const alone = `node(id: "${ids.member}") { ... on Member { id organization { name } } }`;
      gateway.emulator.clearRequests();
      const listed = await askWhile(
        MEMBER_SEARCH,
        put(found, ["members", "0", "organization_id"], value),
        service,
        `{ ${list} }`,
      );
      const nodes = at(listed.data, ["organization", "members", "nodes"]);
      expect(nodes).toHaveLength((found.members as Json[]).length - 1);
      expect(codeOf(listed)).toBe("UPSTREAM_UNAVAILABLE");
      const member = await stytch("GET", `/v1/b2b/organizations/members/dangerously_get/${ids.member}`);
      const one = await askWhile(MEMBER, put(member, ["member", "organization_id"], value), service, `{ ${alone} }`);
      expect([one.data, codeOf(one)]).toEqual([{ node: null }, "UPSTREAM_UNAVAILABLE"]);
      const paths = gateway.emulator.requests().map(({ path }) => path);
      expect(paths.filter((path) => path.endsWith("/"))).toEqual([]);
    },
  );
});

test("half of a surrogate pair is shown as U+FFFD, wherever it stands, and the answer is UTF-8", async () => {
  const half = "\ud800";
  const app = await stytch("GET", `/v1/connected_apps/clients/${ids.app}`);
  let body = put(app, ["connected_app", "client_name"], `a${half}b`);
  body = put(body, ["connected_app", "client_description"], `${half}\udc00 ${half}`);
  body = put(body, ["connected_app", "redirect_urls"], [`https://a.example/${half}`]);
  const query = `{ connectedApp(id: "${ids.app}") { name description registration { redirectUrls } } }`;
  const answer = await askWhile("GET /v1/connected_apps/clients/:client_id", body, service, query);
  expect(answer.data).toEqual({
    connectedApp: {
      name: "a\ufffdb",
      description: "\u{10000} \ufffd",
      registration: { redirectUrls: ["https://a.example/\ufffd"] },
    },
  });
  expect(answer.text.isWellFormed()).toBe(true);
  expect(answer.text).not.toMatch(/\\ud8/i);
  const listed = put(await searchClients(), ["connected_apps", "0", "client_id"], `connected-app-test-${half}`);
  const list = await askWhile(CLIENT_SEARCH, listed, service, "{ connectedApps { nodes { id } } }");
  expect(list.text).toContain("connected-app-test-\ufffd");
});
