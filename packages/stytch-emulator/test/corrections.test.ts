import type { B2BClient } from "stytch";
import { basic, type EmulatorWithSdk, outcome, startWithSdk } from "./sdk";

/** What Stytch's OpenAPI, SDKs and documentation say, where an emulator is easily more lenient. */
let context: EmulatorWithSdk;
beforeEach(async () => {
  context = await startWithSdk();
});
afterEach(() => context.emulator.stop());

const organization_id = "northwind";
const organizations = () => context.stytch.organizations;
const members = () => context.stytch.organizations.members;
const session = async (memberId: string) => {
  const { session_token } = await context.emulator.mintSession({ memberId });
  return { authorization: { session_token } };
};
const newMember = async (fields: object = {}) =>
  (await members().create({ organization_id, email_address: `${Math.random()}@northwind.example`, ...fields })).member;

/** An answer as it is on the wire: the SDK's types know neither `null` nor missing fields. */
async function api(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
  const response = await fetch(context.emulator.url + path, {
    method,
    headers: { authorization: basic(context.emulator), "content-type": "application/json" },
    ...(body && { body: JSON.stringify(body) }),
  });
  return (await response.json()) as Record<string, unknown>;
}

describe("roles of a Member", () => {
  const DEFAULT = { role_id: "stytch_member", sources: [{ type: "direct_assignment", details: {} }] };
  const BY_DOMAIN = { type: "email_assignment", details: { email_domain: "northwind.example" } };

  test("the default role is shown everywhere and assigned nowhere", async () => {
    const { member_id } = await newMember();
    const { session_token } = await context.emulator.mintSession({ memberId: member_id });
    const found = await members().search({
      organization_ids: [organization_id],
      query: { operator: "AND", operands: [{ filter_name: "member_ids", filter_value: [member_id] }] },
    });
    const shown = [
      (await members().get({ organization_id, member_id })).member,
      (await members().update({ organization_id, member_id, name: "N" })).member,
      found.members[0],
      (await context.stytch.sessions.authenticate({ session_token })).member,
    ];
    expect(shown.map((member) => member?.roles)).toEqual([[DEFAULT], [DEFAULT], [DEFAULT], [DEFAULT]]);
    const assigning = members().update({ organization_id, member_id, roles: ["stytch_member"] });
    expect(await outcome(assigning)).toBe("400 cannot_assign_default_rbac_role_id");
  });

  test("an email domain's role is held: shown, counted as admin, and permitting", async () => {
    const { member_id } = await newMember({ roles: ["bookkeeper"] });
    const outsider = await newMember({ email_address: "guest@elsewhere.example" });
    await organizations().update({
      organization_id,
      rbac_email_implicit_role_assignments: [
        { domain: "northwind.example", role_id: "bookkeeper" },
        { domain: "northwind.example", role_id: "stytch_admin" },
      ],
    });
    const { member } = await members().get({ organization_id, member_id });
    expect(member.is_admin).toBe(true);
    expect(member.roles).toEqual([
      DEFAULT,
      { role_id: "bookkeeper", sources: [...DEFAULT.sources, BY_DOMAIN] },
      { role_id: "stytch_admin", sources: [BY_DOMAIN] },
    ]);
    const { session_token } = await context.emulator.mintSession({ memberId: member_id });
    const authorization_check = { organization_id, resource_id: "stytch.member", action: "delete" };
    const { verdict } = await context.stytch.sessions.authenticate({ session_token, authorization_check });
    expect(verdict?.granting_roles).toEqual(["stytch_admin"]);
    expect((await members().get({ organization_id, member_id: outsider.member_id })).member.roles).toEqual([DEFAULT]);
    // The assignment is the Organization's: without it the Member has only what was given.
    await organizations().update({ organization_id, rbac_email_implicit_role_assignments: [] });
    expect((await members().get({ organization_id, member_id })).member.is_admin).toBe(false);
  });
});

test("sessions are revoked by the action revoke-sessions", async () => {
  const role = (action: string) => ({
    role_id: `role-${action}`,
    description: "",
    permissions: [{ resource_id: "stytch.member", actions: [action] }],
  });
  const set = (action: string) =>
    context.stytch.rbac.organizations.setOrgPolicy({ organization_id, org_policy: { roles: [role(action)] } });
  expect(await outcome(set("revoke.sessions"))).toBe("400 invalid_rbac_custom_role");
  await set("revoke-sessions");
  const boss = await newMember({ roles: ["role-revoke-sessions"] });
  const other = await newMember();
  const { member_session_id } = await context.emulator.mintSession({ memberId: other.member_id });
  const revoke = async (who: string) =>
    outcome(context.stytch.sessions.revoke({ member_session_id }, await session(who)));
  expect(await revoke((await newMember()).member_id)).toBe("403 session_authorization_error");
  expect(await revoke(boss.member_id)).toBe("ok");
});

test("the policy carries Stytch's own resources beside the project's", async () => {
  const { policy } = await context.stytch.rbac.policy();
  const actions = new Map(policy?.resources.map((resource) => [resource.resource_id, resource.actions]));
  expect([...actions.keys()]).toEqual([
    "stytch.organization",
    "stytch.member",
    "stytch.sso",
    "stytch.self",
    "stytch.scim",
    "ledger",
    "invoice",
  ]);
  expect(actions.get("stytch.self")).toContain("revoke-sessions");
  expect(actions.get("stytch.member")).not.toContain("revoke.sessions");
});

test("optional keys that are not set are null, and so is the cursor behind the last page", async () => {
  const { connected_app } = await api("POST", "/v1/connected_apps/clients", { client_type: "third_party_public" });
  expect(connected_app).toMatchObject({
    client_secret_last_four: null,
    next_client_secret_last_four: null,
    logo_url: null,
    client_id_metadata_url: null,
    access_token_custom_audience: null,
  });
  const { m2m_client } = await api("POST", "/v1/m2m/clients", { scopes: [] });
  expect(m2m_client).toMatchObject({ next_client_secret_last_four: null });
  const { organization } = await api("POST", "/v1/b2b/organizations", { organization_name: "Bare" });
  expect(organization).toMatchObject({
    organization_external_id: null,
    sso_default_connection_id: null,
    scim_active_connection: null,
    allowed_oauth_tenants: null,
  });
  const { member } = await api("POST", `/v1/b2b/organizations/${organization_id}/members`, {
    email_address: "bare@northwind.example",
  });
  expect(member).toMatchObject({
    external_id: null,
    scim_registration: null,
    lock_created_at: null,
    lock_expires_at: null,
  });
  for (const path of ["/v1/b2b/organizations/search", "/v1/connected_apps/clients/search", "/v1/m2m/clients/search"]) {
    expect((await api("POST", path, {})).results_metadata).toMatchObject({ next_cursor: null });
  }
});

describe("custom claims of a session", () => {
  const authenticate = async (claims: Record<string, unknown>, session_token: string) =>
    context.stytch.sessions.authenticate({ session_token, session_custom_claims: claims });

  test("null deletes a key, and reserved names are ignored", async () => {
    const { session_token } = await context.emulator.mintSession({ memberId: (await newMember()).member_id });
    await authenticate({ keep: 1, drop: 2 }, session_token);
    const { member_session, session_jwt } = await authenticate({ drop: null, jti: "x", sub: "you" }, session_token);
    expect(member_session.custom_claims).toEqual({ keep: 1 });
    const payload: unknown = JSON.parse(Buffer.from(session_jwt.split(".")[1] ?? "", "base64url").toString());
    expect(payload).toMatchObject({ keep: 1, sub: member_session.member_id });
    expect(payload).not.toHaveProperty("jti");
  });

  test("more than four kilobytes are refused and change nothing", async () => {
    const { session_token } = await context.emulator.mintSession({ memberId: (await newMember()).member_id });
    await authenticate({ a: "x".repeat(4000) }, session_token);
    expect(await outcome(authenticate({ b: "x".repeat(200) }, session_token))).toBe("400 custom_claims_too_large");
    const { member_session } = await context.stytch.sessions.authenticate({ session_token });
    expect(Object.keys(member_session.custom_claims ?? {})).toEqual(["a"]);
  });
});

describe("a Member's email address", () => {
  test("is not changed by the Member, whatever their role", async () => {
    const { member_id } = await newMember({ roles: ["stytch_admin"] });
    const request = { organization_id, member_id, email_address: "me@northwind.example" };
    expect(await outcome(members().update(request, await session(member_id)))).toBe(
      "400 member_cannot_update_their_email_address",
    );
    const admin = await newMember({ roles: ["stytch_admin"] });
    expect(await outcome(members().update(request, await session(admin.member_id)))).toBe("ok");
  });

  test("must be verified again; the old one is retired for everybody else until it is taken back", async () => {
    const { member_id } = await newMember({ email_address: "old@northwind.example" });
    const move = (email_address: string, unlink_email = false) =>
      members().update({ organization_id, member_id, email_address, unlink_email });
    const { member } = await move("new@northwind.example");
    expect(member.email_address_verified).toBe(false);
    expect(member.retired_email_addresses.map((old) => old.email_address)).toEqual(["old@northwind.example"]);
    const taken = { organization_id, email_address: "OLD@northwind.example" };
    expect(await outcome(members().create(taken))).toBe("400 retired_member_email");
    const back = (await move("old@northwind.example")).member;
    expect(back.retired_email_addresses.map((old) => old.email_address)).toEqual(["new@northwind.example"]);
    await move("third@northwind.example", true);
    expect(await outcome(members().create(taken))).toBe("ok");
  });
});

describe("a Member's second factor", () => {
  const PHONE = "+15005550006";
  test.each([
    ["not a number", {}, { mfa_phone_number: "not-a-phone" }, "400 invalid_phone_number"],
    [
      "a second number",
      { mfa_phone_number: PHONE },
      { mfa_phone_number: "+15005550007" },
      "400 duplicate_member_phone_number_for_member",
    ],
    ["an unknown method", {}, { default_mfa_method: "bogus" }, "400 invalid_mfa_default_method"],
    ["a number", {}, { mfa_phone_number: PHONE, default_mfa_method: "sms_otp" }, "ok"],
  ])("%s", async (_, before, change, expected) => {
    const { member_id } = await newMember(before);
    expect(await outcome(members().update({ organization_id, member_id, ...change }))).toBe(expected);
  });

  test("a number belongs to one Member of an Organization", async () => {
    await newMember({ mfa_phone_number: PHONE });
    expect(await outcome(newMember({ mfa_phone_number: PHONE }))).toBe("400 duplicate_member_phone_number");
    const elsewhere = { organization_id: "bluefin", email_address: "a@bluefin.example", mfa_phone_number: PHONE };
    expect(await outcome(members().create(elsewhere))).toBe("ok");
  });
});

test("only a deleted Member is reactivated", async () => {
  const { member_id } = await newMember();
  const reactivate = () => outcome(members().reactivate({ organization_id, member_id }));
  expect(await reactivate()).toBe("400 no_deleted_member_found_for_reactivation");
  await members().delete({ organization_id, member_id });
  expect(await reactivate()).toBe("ok");
});

type Settings = Parameters<B2BClient["organizations"]["update"]>[0];

describe("an Organization's settings", () => {
  test.each<[string, Omit<Settings, "organization_id">]>([
    ["invalid_organization_auth_factor_setting", { sso_jit_provisioning: "SOME" }],
    ["invalid_organization_auth_factor_setting_for_email_jit_provisioning", { email_jit_provisioning: "ALL_ALLOWED" }],
    ["invalid_organization_auth_factor_setting", { email_invites: "SOME" }],
    ["invalid_organization_auth_method_settings", { auth_methods: "NOT_ALLOWED" }],
    ["invalid_organization_allowed_auth_methods", { allowed_auth_methods: ["sso", "carrier_pigeon"] }],
    ["allowed_auth_methods_required_for_restricted", { auth_methods: "RESTRICTED" }],
    ["invalid_organization_mfa_policy", { mfa_policy: "ALL_ALLOWED" }],
    ["invalid_organization_mfa_factor_setting", { mfa_methods: "SOME" }],
    ["invalid_organization_allowed_mfa_methods", { allowed_mfa_methods: ["sms"] }],
    ["allowed_mfa_methods_required_for_restricted", { mfa_methods: "RESTRICTED" }],
    [
      "invalid_organization_auth_factor_setting_for_oauth_tenant_jit_provisioning",
      { oauth_tenant_jit_provisioning: "ALL_ALLOWED" },
    ],
    ["invalid_argument", { allowed_oauth_tenants: { discord: ["t"] } }],
    ["organization_settings_domain_too_common", { email_allowed_domains: ["GMail.com"] }],
    ["organization_settings_invalid_domain", { email_allowed_domains: ["no domain"] }],
    ["organization_settings_duplicate_domain", { email_allowed_domains: ["a.example", "a.example"] }],
    ["organization_settings_claimed_domain_too_common", { claimed_email_domains: ["outlook.com"] }],
    ["organization_settings_invalid_claimed_domain", { claimed_email_domains: ["x"] }],
    ["rbac_domain_too_common", { rbac_email_implicit_role_assignments: [{ domain: "gmail.com", role_id: "auditor" }] }],
    ["rbac_invalid_domain", { rbac_email_implicit_role_assignments: [{ domain: "", role_id: "auditor" }] }],
    [
      "invalid_rbac_role_assignment",
      { rbac_email_implicit_role_assignments: [{ domain: "a.example", role_id: "no" }] },
    ],
    [
      "cannot_assign_default_rbac_role_id",
      { rbac_email_implicit_role_assignments: [{ domain: "a.example", role_id: "stytch_member" }] },
    ],
  ])("%s: %j", async (errorType, settings) => {
    const before = (await organizations().get({ organization_id })).organization;
    expect(await outcome(organizations().update({ organization_id, ...settings }))).toBe(`400 ${errorType}`);
    expect((await organizations().get({ organization_id })).organization).toEqual(before);
    expect(await outcome(organizations().create({ organization_name: "New", ...settings }))).toBe(`400 ${errorType}`);
  });

  test("every documented value is taken", async () => {
    const settings = {
      sso_jit_provisioning: "RESTRICTED",
      email_jit_provisioning: "RESTRICTED",
      email_invites: "NOT_ALLOWED",
      auth_methods: "RESTRICTED",
      allowed_auth_methods: ["sso", "hubspot_oauth"],
      mfa_policy: "REQUIRED_FOR_ALL",
      mfa_methods: "RESTRICTED",
      allowed_mfa_methods: ["totp"],
      oauth_tenant_jit_provisioning: "RESTRICTED",
      allowed_oauth_tenants: { slack: ["T1"] },
      claimed_email_domains: ["claimed.example"],
    };
    const { organization } = await organizations().update({ organization_id, ...settings });
    expect(organization).toMatchObject(settings);
  });
});

describe("an Organization's own roles", () => {
  const permissions = [{ resource_id: "ledger", actions: ["read"] }];
  const own = { role_id: "clerk", description: "", permissions };
  test.each<[string, object[]]>([
    ["bad_request", [{ role_id: "clerk", permissions }]],
    ["empty_rbac_role_id", [{ ...own, role_id: "" }]],
    ["invalid_rbac_stytch_role_edit", [{ ...own, role_id: "stytch_member" }]],
    ["invalid_rbac_stytch_role_edit", [{ ...own, role_id: "stytch_admin" }]],
    ["rbac_org_custom_roles_only", [{ ...own, role_id: "bookkeeper" }]],
    ["rbac_role_duplicate", [own, own]],
    ["rbac_role_missing_permissions", [{ ...own, permissions: [] }]],
    ["rbac_permission_missing_actions", [{ ...own, permissions: [{ resource_id: "ledger", actions: [] }] }]],
    ["empty_rbac_resource_id", [{ ...own, permissions: [{ resource_id: "", actions: ["read"] }] }]],
    ["invalid_rbac_custom_role", [{ ...own, permissions: [{ resource_id: "house", actions: ["read"] }] }]],
    ["invalid_rbac_custom_role", [{ ...own, permissions: [{ resource_id: "ledger", actions: ["burn"] }] }]],
  ])("%s: %j", async (errorType, roles) => {
    const path = `/v1/b2b/rbac/organizations/${organization_id}`;
    expect(await api("PUT", path, { org_policy: { roles } })).toMatchObject({ error_type: errorType });
    expect((await context.stytch.rbac.organizations.getOrgPolicy({ organization_id })).org_policy?.roles).toEqual([]);
  });

  test("a role that the Organization adds works", async () => {
    const roles = [{ ...own, permissions: [{ resource_id: "ledger", actions: ["*"] }] }];
    await context.stytch.rbac.organizations.setOrgPolicy({ organization_id, org_policy: { roles } });
    const { member_id } = await newMember({ roles: ["clerk"] });
    const { session_token } = await context.emulator.mintSession({ memberId: member_id });
    const authorization_check = { organization_id, resource_id: "ledger", action: "delete" };
    expect(await outcome(context.stytch.sessions.authenticate({ session_token, authorization_check }))).toBe("ok");
  });
});

test.each([
  ["no_session_revoke_arguments", {}],
  ["too_many_session_revoke_arguments", { member_id: "member-1", session_token: "x" }],
])("revoking sessions answers %s to %j", async (errorType, request) => {
  expect(await outcome(context.stytch.sessions.revoke(request))).toBe(`400 ${errorType}`);
});

test("a signing key has every member that Stytch's key type requires", async () => {
  for (const path of [`/v1/b2b/sessions/jwks/${context.emulator.projectId}`, "/.well-known/jwks.json"]) {
    const { keys } = (await api("GET", path)) as { keys: object[] };
    for (const key of keys) expect(key).toMatchObject({ x5c: expect.any(Array), x5tS256: expect.any(String) });
  }
});

test.each(["organizations", "organizations/members"])("a query of %s needs an operator", async (path) => {
  const body = { organization_ids: [organization_id], query: { operands: [] } };
  expect(await api("POST", `/v1/b2b/${path}/search`, body)).toMatchObject({
    error_type: "user_search_invalid_operator",
  });
  const asked = { ...body, query: { operator: "AND" } };
  expect(await api("POST", `/v1/b2b/${path}/search`, asked)).toMatchObject({ status_code: 200 });
});

test.each([
  ["insecure_m2m_client_secret", { client_secret: "x" }],
  ["insecure_m2m_client_secret", { client_secret: "aaaaaaaaaaaa" }],
  ["m2m_client_invalid_client_secret", { client_secret: "with a space in it" }],
  ["m2m_client_invalid_client_id", { client_id: "" }],
])("an M2M client is refused with %s: %j", async (errorType, fields) => {
  expect(await outcome(context.stytch.m2m.clients.create({ scopes: [], ...fields }))).toBe(`400 ${errorType}`);
});

describe("the limit on searches", () => {
  const LIMITED = ["/v1/b2b/organizations/search", "/v1/b2b/organizations/members/search"];
  const FREE = ["/v1/connected_apps/clients/search", "/v1/m2m/clients/search"];
  const burst = async (path: string, count: number) => {
    const answers = Array.from({ length: count }, () => api("POST", path, { organization_ids: [organization_id] }));
    return (await Promise.all(answers)).filter(({ error_type }) => error_type === "too_many_requests").length;
  };
  let now = Date.UTC(2026, 0, 1);
  const restart = async (options = {}) => {
    await context.emulator.stop();
    context = await startWithSdk({ clock: () => new Date(now), ...options });
  };

  test("is a hundred a minute by default, for each of the two searches that have one", async () => {
    await restart();
    for (const path of LIMITED) expect(await burst(path, 103)).toBe(3);
    for (const path of FREE) expect(await burst(path, 103)).toBe(0);
    now += 60_000;
    for (const path of LIMITED) expect(await burst(path, 1)).toBe(0);
  });

  test("can be another number, or none", async () => {
    await restart({ searchesPerMinute: 2 });
    for (const path of LIMITED) expect(await burst(path, 3)).toBe(1);
    await restart({ searchesPerMinute: 0 });
    for (const path of LIMITED) expect(await burst(path, 103)).toBe(0);
  });
});
