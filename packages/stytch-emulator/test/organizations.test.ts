import type { Organization } from "stytch";
import { type EmulatorWithSdk, outcome, startWithSdk } from "./sdk";

let context: EmulatorWithSdk;
beforeAll(async () => {
  context = await startWithSdk();
});
afterAll(() => context.emulator.stop());
const organizations = () => context.stytch.organizations;

/** What the SDK's type promises to be there. */
const FIELDS = [
  "organization_id",
  "organization_name",
  "organization_logo_url",
  "organization_slug",
  "sso_jit_provisioning",
  "sso_jit_provisioning_allowed_connections",
  "sso_active_connections",
  "email_allowed_domains",
  "email_jit_provisioning",
  "email_invites",
  "auth_methods",
  "allowed_auth_methods",
  "mfa_policy",
  "rbac_email_implicit_role_assignments",
  "mfa_methods",
  "allowed_mfa_methods",
  "oauth_tenant_jit_provisioning",
  "claimed_email_domains",
  "first_party_connected_apps_allowed_type",
  "allowed_first_party_connected_apps",
  "third_party_connected_apps_allowed_type",
  "allowed_third_party_connected_apps",
  "custom_roles",
] as const satisfies readonly (keyof Organization)[];

test("id, slug and external id name the same organization, which answers with its own id", async () => {
  const found = await Promise.all(
    ["northwind", "crm-1001"].map((organization_id) => organizations().get({ organization_id })),
  );
  const [first, second] = found.map(({ organization }) => organization);
  expect(first).toEqual(second);
  expect(first?.organization_id).toMatch(/^organization-test-/);
  expect(Object.keys(first ?? {})).toEqual(expect.arrayContaining([...FIELDS]));
});

test("a new organization has the documented defaults and a slug made from its name", async () => {
  const create = async () => (await organizations().create({ organization_name: "Olive & Oak!" })).organization;
  const [first, second] = [await create(), await create()];
  expect([first.organization_slug, second.organization_slug]).toEqual(["olive-oak", "olive-oak-2"]);
  expect(first).toMatchObject({
    email_invites: "ALL_ALLOWED",
    email_jit_provisioning: "NOT_ALLOWED",
    oauth_tenant_jit_provisioning: "NOT_ALLOWED",
    sso_jit_provisioning: "ALL_ALLOWED",
    mfa_policy: "OPTIONAL",
    first_party_connected_apps_allowed_type: "ALL_ALLOWED",
    third_party_connected_apps_allowed_type: "ALL_ALLOWED",
  });
  expect(Object.keys(first)).toEqual(expect.arrayContaining([...FIELDS]));
  const strict = await organizations().create({
    organization_name: "Strict",
    auth_methods: "RESTRICTED",
    allowed_auth_methods: ["sso"],
  });
  expect(strict.organization.email_invites).toBe("NOT_ALLOWED");
});

type Fields = Parameters<EmulatorWithSdk["stytch"]["organizations"]["create"]>[0];
test.each<[string, Fields]>([
  ["organization_name_missing", { organization_name: "" }],
  ["invalid_organization_name", { organization_name: "x".repeat(129) }],
  ["invalid_organization_slug", { organization_name: "A", organization_slug: "a" }],
  ["invalid_organization_slug", { organization_name: "A", organization_slug: "a b" }],
  ["organization_slug_already_used", { organization_name: "A", organization_slug: "northwind" }],
  ["invalid_organization_external_id", { organization_name: "A", organization_external_id: "a b" }],
  ["organization_external_id_already_used", { organization_name: "A", organization_external_id: "crm-1001" }],
  ["invalid_argument", { organization_name: "A", third_party_connected_apps_allowed_type: "SOME" }],
])("create answers %s to %j", async (errorType, fields) => {
  expect(await outcome(organizations().create(fields))).toBe(`400 ${errorType}`);
});

test("an update shows in the next read; a new slug replaces the old one", async () => {
  const { organization } = await organizations().create({
    organization_name: "Before",
    organization_slug: "before",
    trusted_metadata: { plan: "old", seats: 3 },
  });
  const { organization_id } = organization;
  await organizations().update({
    organization_id,
    organization_name: "After",
    organization_slug: "after",
    trusted_metadata: { plan: "new", seats: null },
  });
  expect((await organizations().get({ organization_id: "after" })).organization).toMatchObject({
    organization_id,
    organization_name: "After",
    trusted_metadata: { plan: "new" },
  });
  expect(await outcome(organizations().get({ organization_id: "before" }))).toBe("404 organization_not_found");
  expect(await outcome(organizations().update({ organization_id, organization_slug: "northwind" }))).toBe(
    "400 organization_slug_already_used",
  );
});

test("deleting an organization ends its members and their sessions", async () => {
  const { organization } = await organizations().create({ organization_name: "Short lived" });
  const { organization_id } = organization;
  const { member_id } = await organizations().members.create({ organization_id, email_address: "a@short.example" });
  const session = await context.emulator.mintSession({ memberId: member_id });
  expect(await organizations().delete({ organization_id })).toMatchObject({ organization_id });
  expect(await outcome(organizations().get({ organization_id }))).toBe("404 organization_not_found");
  expect(await outcome(organizations().members.dangerouslyGet({ member_id }))).toBe("404 member_not_found");
  expect(await outcome(context.stytch.sessions.authenticate({ session_token: session.session_token }))).toBe(
    "404 session_not_found",
  );
});

test("metrics count the members that are not deleted", async () => {
  const metrics = await organizations().metrics({ organization_id: "northwind" });
  expect(metrics).toMatchObject({ member_count: 23, status_code: 200 });
});

describe("Connected App policy", () => {
  const organization_id = "cedar-stone";
  const listed = async () =>
    (await organizations().connectedApps({ organization_id })).connected_apps.map((app) => app.client_type);

  test("ids that name no client are accepted", async () => {
    const { organization } = await organizations().update({
      organization_id: "juniper-studio",
      allowed_third_party_connected_apps: ["connected-app-test-none"],
    });
    expect(organization.allowed_third_party_connected_apps).toEqual(["connected-app-test-none"]);
  });

  test("narrowing ends the consents of the excluded apps for good", async () => {
    const app = context.emulator.seeded.demoApp.clientId;
    const before = await listed();
    expect(before).toContain("first_party");
    await organizations().update({
      organization_id,
      first_party_connected_apps_allowed_type: "NOT_ALLOWED",
      third_party_connected_apps_allowed_type: "RESTRICTED",
      allowed_third_party_connected_apps: [app],
    });
    expect((await organizations().connectedApps({ organization_id })).connected_apps).toMatchObject([
      { connected_app_id: app },
    ]);
    await organizations().update({
      organization_id,
      first_party_connected_apps_allowed_type: "ALL_ALLOWED",
      third_party_connected_apps_allowed_type: "ALL_ALLOWED",
    });
    expect(await listed()).toEqual(["third_party"]);
  });
});
