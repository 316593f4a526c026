import type { Member } from "stytch";
import { type EmulatorWithSdk, outcome, startWithSdk } from "./sdk";

let context: EmulatorWithSdk;
beforeAll(async () => {
  context = await startWithSdk();
});
afterAll(() => context.emulator.stop());
const members = () => context.stytch.organizations.members;
const organization_id = "northwind";

/** What the SDK's type promises to be there. */
const FIELDS = [
  "organization_id",
  "member_id",
  "email_address",
  "status",
  "name",
  "sso_registrations",
  "is_breakglass",
  "member_password_id",
  "oauth_registrations",
  "email_address_verified",
  "mfa_phone_number_verified",
  "is_admin",
  "totp_registration_id",
  "retired_email_addresses",
  "is_locked",
  "mfa_enrolled",
  "mfa_phone_number",
  "default_mfa_method",
  "roles",
] as const satisfies readonly (keyof Member)[];

test("id, external id and email address name the same member of an organization", async () => {
  const { memberId } = context.emulator.seeded.people;
  const found = await Promise.all([
    members().get({ organization_id, member_id: memberId }),
    members().get({ organization_id: "crm-1001", member_id: "northwind-0006" }),
    members().get({ organization_id, email_address: "Quentin.Hoffmann@northwind.example" }),
    members().dangerouslyGet({ member_id: memberId }),
  ]);
  for (const { member, member_id, organization } of found) {
    expect(member_id).toBe(memberId);
    expect(member).toEqual(found[0].member);
    expect(organization.organization_slug).toBe("northwind");
  }
  expect(Object.keys(found[0].member)).toEqual(expect.arrayContaining([...FIELDS]));
});

test("a member of another organization is not found, nor is an external id without its organization", async () => {
  const { memberId } = context.emulator.seeded.people;
  expect(await outcome(members().get({ organization_id: "bluefin", member_id: memberId }))).toBe(
    "404 member_not_found",
  );
  expect(await outcome(members().get({ organization_id: "nobody", member_id: memberId }))).toBe(
    "404 organization_not_found",
  );
  expect(await outcome(members().dangerouslyGet({ member_id: "northwind-0006" }))).toBe("404 member_not_found");
  expect(await outcome(members().get({ organization_id }))).toBe("400 invalid_member_get_fields");
});

const DEFAULT = { role_id: "stytch_member", sources: [{ type: "direct_assignment", details: {} }] };

test("a new member is active, or pending when asked for, and may be an admin", async () => {
  const create = (fields: Partial<Parameters<ReturnType<typeof members>["create"]>[0]>) =>
    members().create({ organization_id, email_address: `${Math.random()}@northwind.example`, ...fields });
  expect((await create({})).member).toMatchObject({ status: "active", roles: [DEFAULT], is_admin: false });
  expect((await create({ create_member_as_pending: true })).member).toMatchObject({
    status: "pending",
    email_address_verified: false,
  });
  const { member } = await create({ roles: ["stytch_admin", "auditor"], name: "New Admin", external_id: "new-1" });
  expect(member).toMatchObject({ is_admin: true, name: "New Admin", external_id: "new-1" });
  expect(member.roles).toEqual([
    DEFAULT,
    { role_id: "stytch_admin", sources: [{ type: "direct_assignment", details: {} }] },
    { role_id: "auditor", sources: [{ type: "direct_assignment", details: {} }] },
  ]);
});

test.each([
  ["invalid_email", { email_address: "nobody" }],
  ["duplicate_member_email", { email_address: "QUENTIN.hoffmann@northwind.example" }],
  ["duplicate_member_external_id", { external_id: "northwind-0006" }],
  ["invalid_rbac_role_assignment", { roles: ["emperor"] }],
  ["cannot_assign_default_rbac_role_id", { roles: ["stytch_member"] }],
])("create answers %s to %j", async (errorType, fields) => {
  const call = members().create({ organization_id, email_address: "fresh@northwind.example", ...fields });
  expect(await outcome(call)).toBe(`400 ${errorType}`);
});

test("an update shows in the next read", async () => {
  const { member_id } = await members().create({ organization_id, email_address: "before@northwind.example" });
  await members().update({
    organization_id,
    member_id,
    name: "Renamed",
    email_address: "after@northwind.example",
    roles: ["stytch_admin"],
    untrusted_metadata: { theme: "dark" },
  });
  const { member } = await members().get({ organization_id, email_address: "after@northwind.example" });
  expect(member).toMatchObject({
    member_id,
    name: "Renamed",
    is_admin: true,
    untrusted_metadata: { theme: "dark" },
    retired_email_addresses: [{ email_address: "before@northwind.example" }],
  });
});

test("a deleted member is gone from reads, loses sessions and consents, and can come back without them", async () => {
  const { member } = await members().get({ organization_id, member_id: "northwind-0007" });
  const { member_id } = member;
  const session = await context.emulator.mintSession({ memberId: member_id });
  const apps = () => members().getConnectedApps({ organization_id, member_id });
  expect((await apps()).connected_apps).not.toEqual([]);

  expect(await members().delete({ organization_id, member_id: "northwind-0007" })).toMatchObject({ member_id });
  expect(await outcome(members().get({ organization_id, member_id }))).toBe("404 member_not_found");
  expect(await outcome(members().dangerouslyGet({ member_id }))).toBe("404 member_not_found");
  const hidden = await members().dangerouslyGet({ member_id, include_deleted: true });
  expect(hidden.member.status).toBe("deleted");
  expect(await outcome(context.stytch.sessions.authenticate({ session_token: session.session_token }))).toBe(
    "404 session_not_found",
  );

  expect(await outcome(members().reactivate({ organization_id, member_id: "northwind-0007" }))).toBe(
    "404 member_not_found",
  );
  expect((await members().reactivate({ organization_id, member_id })).member.status).toBe("active");
  expect((await apps()).connected_apps).toEqual([]);
});

test("a deleted member's address is free, and then keeps them from coming back", async () => {
  const email_address = "twice@northwind.example";
  const first = await members().create({ organization_id, email_address });
  await members().delete({ organization_id, member_id: first.member_id });
  const second = await members().create({ organization_id, email_address });
  expect(await outcome(members().reactivate({ organization_id, member_id: first.member_id }))).toBe(
    "400 duplicate_member_email",
  );
  expect((await members().get({ organization_id, email_address })).member_id).toBe(second.member_id);
});
