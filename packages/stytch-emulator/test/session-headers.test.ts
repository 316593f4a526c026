import { type EmulatorWithSdk, outcome, startWithSdk } from "./sdk";

/** Who calls: Members of Northwind by the roles that the seed gave them, and one of Bluefin. */
const CALLERS = {
  plain: "northwind-0006",
  admin: "northwind-0001",
  app_manager: "northwind-0002",
  directory: "northwind-0003",
} as const;
type Caller = keyof typeof CALLERS;

const ok = "ok";
const denied = "403 session_authorization_error";
const foreign = "403 session_authorization_tenancy_error";

let context: EmulatorWithSdk;
let authorizations: Record<Caller | "stranger", { session_token: string }>;

beforeAll(async () => {
  context = await startWithSdk();
  const tokenOf = async (organization: string, externalId: string) => {
    const { member_id } = context.emulator.state.requireMember(organization, externalId);
    const { session_token } = await context.emulator.mintSession({ memberId: member_id });
    return { session_token };
  };
  authorizations = {
    plain: await tokenOf("northwind", CALLERS.plain),
    admin: await tokenOf("northwind", CALLERS.admin),
    app_manager: await tokenOf("northwind", CALLERS.app_manager),
    directory: await tokenOf("northwind", CALLERS.directory),
    stranger: await tokenOf("bluefin", "bluefin-0001"),
  };
});
afterAll(() => context.emulator.stop());

type Call = (options: { authorization: { session_token: string } }, self: string) => Promise<unknown>;
const organization_id = "northwind";
const other = { organization_id, member_id: "northwind-0008" };
const app = "connected-app-test-none";
const api = () => context.stytch.organizations;

/** Expected per caller; a stranger is always told that the tenant is wrong. Unknown objects show that access was given. */
const CASES: [string, Call, Record<Caller, string>][] = [
  [
    "organization connected apps",
    (options) => api().connectedApps({ organization_id }, options),
    { plain: ok, admin: ok, app_manager: ok, directory: ok },
  ],
  [
    "one connected app of the organization",
    (options) => api().getConnectedApp({ organization_id, connected_app_id: app }, options),
    sameForAll("404 connected_app_not_found"),
  ],
  [
    "connected apps of another member",
    (options) => api().members.getConnectedApps(other, options),
    { plain: denied, admin: ok, app_manager: ok, directory: denied },
  ],
  [
    "connected apps of an unknown member",
    (options) => api().members.getConnectedApps({ organization_id, member_id: "nobody" }, options),
    { plain: denied, admin: "404 member_not_found", app_manager: "404 member_not_found", directory: denied },
  ],
  [
    "own connected apps",
    (options, self) => api().members.getConnectedApps({ organization_id, member_id: self }, options),
    { plain: ok, admin: ok, app_manager: ok, directory: ok },
  ],
  [
    "revoke another member's app",
    (options) => api().members.connectedApps.revoke({ ...other, connected_app_id: app }, options),
    {
      plain: denied,
      admin: "404 connected_app_not_found",
      app_manager: "404 connected_app_not_found",
      directory: denied,
    },
  ],
  [
    "revoke one's own app",
    (options, self) =>
      api().members.connectedApps.revoke({ organization_id, member_id: self, connected_app_id: app }, options),
    sameForAll("404 connected_app_not_found"),
  ],
  [
    "search members",
    (options) => api().members.search({ organization_ids: [organization_id] }, options),
    { plain: denied, admin: ok, app_manager: ok, directory: ok },
  ],
  [
    "create a member",
    (options) => api().members.create({ organization_id, email_address: "not an address" }, options),
    { plain: denied, admin: "400 invalid_email", app_manager: denied, directory: denied },
  ],
  [
    "rename another member",
    (options) => api().members.update({ ...other, name: "Renamed" }, options),
    { plain: denied, admin: ok, app_manager: denied, directory: denied },
  ],
  [
    "rename oneself",
    (options, self) => api().members.update({ organization_id, member_id: self, name: "Renamed" }, options),
    sameForAll(ok),
  ],
  [
    "give oneself a role",
    (options, self) => api().members.update({ organization_id, member_id: self, roles: ["nobody"] }, options),
    { plain: denied, admin: "400 invalid_rbac_role_assignment", app_manager: denied, directory: denied },
  ],
  [
    "set one's trusted metadata",
    (options, self) => api().members.update({ organization_id, member_id: self, trusted_metadata: {} }, options),
    sameForAll("400 cannot_update_trusted_metadata"),
  ],
  [
    "delete another member",
    (options) => api().members.delete({ organization_id, member_id: "nobody" }, options),
    { plain: denied, admin: "404 member_not_found", app_manager: denied, directory: denied },
  ],
  [
    "reactivate a member",
    (options) => api().members.reactivate({ organization_id, member_id: "nobody" }, options),
    { plain: denied, admin: "404 member_not_found", app_manager: denied, directory: denied },
  ],
  [
    "rename the organization",
    (options) => api().update({ organization_id, organization_name: "Northwind Traders" }, options),
    { plain: denied, admin: ok, app_manager: denied, directory: denied },
  ],
  [
    "change the Connected App policy",
    (options) => api().update({ organization_id, allowed_third_party_connected_apps: [] }, options),
    { plain: denied, admin: ok, app_manager: denied, directory: denied },
  ],
];

function sameForAll(expected: string): Record<Caller, string> {
  return { plain: expected, admin: expected, app_manager: expected, directory: expected };
}

test.each(CASES)("%s", async (_, call, expected) => {
  const entries = Object.entries(CALLERS) as [Caller, string][];
  const outcomes = await Promise.all(
    entries.map(async ([caller, self]) => [
      caller,
      await outcome(call({ authorization: authorizations[caller] }, self)),
    ]),
  );
  expect(Object.fromEntries(outcomes)).toEqual(expected);
  expect(await outcome(call({ authorization: authorizations.stranger }, CALLERS.plain))).toBe(foreign);
});

test("an unknown organization looks like a foreign one", async () => {
  const call = api().connectedApps({ organization_id: "nobody" }, { authorization: authorizations.admin });
  expect(await outcome(call)).toBe(foreign);
});

test("without a header the project's credentials suffice", async () => {
  expect(await outcome(api().members.getConnectedApps(other))).toBe(ok);
});

test("calls that are documented without an action ignore the header", async () => {
  const { emulator } = context;
  const path = `/v1/b2b/organizations/northwind/member?member_id=northwind-0008`;
  const response = await fetch(emulator.url + path, {
    headers: {
      authorization: `Basic ${btoa(`${emulator.projectId}:${emulator.secret}`)}`,
      "x-stytch-member-session": "nonsense",
    },
  });
  expect(response.status).toBe(200);
});

test.each([
  ["both headers", { session_token: "a", session_jwt: "b" }, "400 too_many_session_arguments"],
  ["an unknown token", { session_token: "nonsense" }, "404 session_not_found"],
  ["a malformed JWT", { session_jwt: "nonsense" }, "400 unable_to_parse_session_jwt"],
])("%s is refused before the object is looked up", async (_, authorization, expected) => {
  expect(await outcome(api().connectedApps({ organization_id: "nobody" }, { authorization }))).toBe(expected);
});

test("roles of the organization's own policy count", async () => {
  const roles = [
    {
      role_id: "revoker",
      description: "",
      permissions: [{ resource_id: "stytch.member", actions: ["revoke.connected-app"] }],
    },
  ];
  const organization = context.emulator.state.requireOrganization("northwind");
  const set = await context.stytch.rbac.organizations.setOrgPolicy({ organization_id, org_policy: { roles } });
  expect(set.org_policy).toEqual({ roles });
  expect((await context.stytch.rbac.organizations.getOrgPolicy({ organization_id })).org_policy).toEqual({ roles });
  expect((await context.stytch.rbac.organizations.getOrgPolicy({ organization_id: "bluefin" })).org_policy).toEqual({
    roles: [],
  });
  await api().members.update({ organization_id, member_id: "northwind-0005", roles: ["revoker"] });
  const { member_id } = context.emulator.state.requireMember(organization.organization_id, "northwind-0005");
  const { session_jwt } = await context.emulator.mintSession({ memberId: member_id });
  const revoke = api().members.connectedApps.revoke(
    { ...other, connected_app_id: app },
    { authorization: { session_jwt } },
  );
  expect(await outcome(revoke)).toBe("404 connected_app_not_found");
});
