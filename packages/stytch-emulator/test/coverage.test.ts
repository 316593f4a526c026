import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { isNotEmulated } from "../src/wire/not-emulated";
import { basic, type EmulatorWithSdk, outcome, startWithSdk } from "./sdk";

let context: EmulatorWithSdk;
beforeEach(async () => {
  context = await startWithSdk();
});
afterEach(() => context.emulator.stop());

/** Every request that the SDK's B2B client can make, with one word for each parameter. */
function sdkRoutes(): [method: string, path: string][] {
  const folder = join(dirname(require.resolve("stytch")), "b2b");
  const sources = readdirSync(folder).filter((name) => name.endsWith(".js"));
  return sources.flatMap((name) =>
    [...readFileSync(join(folder, name), "utf8").matchAll(/method: "(\w+)",\s*url: `([^`]+)`/g)].map(
      ([, method = "", url = ""]): [string, string] => [method, url.replaceAll(/\$\{[^}]*\}/g, "word")],
    ),
  );
}

test("no route of the SDK is unknown: it is emulated, or answers 501 in the API's shape", async () => {
  const routes = sdkRoutes();
  expect(routes.length).toBeGreaterThan(90);
  for (const [method, path] of routes) {
    const response = await fetch(context.emulator.url + path, {
      method,
      headers: { authorization: basic(context.emulator) },
    });
    const body = (await response.json()) as { error_type?: string; error_message?: string; request_id?: string };
    const isUnknown = ["method_not_allowed", "route_not_found"].includes(body.error_type ?? "");
    // The public endpoints belong to one project, and `word` is another one.
    if (!path.includes("/public/word") && !path.includes("/jwks/word"))
      expect([path, isUnknown]).toEqual([path, false]);
    if (!isNotEmulated(path)) continue;
    expect([path, response.status, body.error_type]).toEqual([path, 501, "not_emulated"]);
    expect(body.request_id).toMatch(/^request-id-test-/);
  }
});

test("a route that Stytch does not have either is not found", async () => {
  const response = await fetch(`${context.emulator.url}/v1/b2b/houses`);
  expect([response.status, await response.json()]).toMatchObject([404, { error_type: "route_not_found" }]);
});

const organization_id = "northwind";
const members = () => context.stytch.organizations.members;

const newMember = async (fields: object = {}) =>
  (await members().create({ organization_id, email_address: `${Math.random()}@northwind.example`, ...fields })).member;
const sessionOf = async (memberId: string) => {
  const { session_token } = await context.emulator.mintSession({ memberId });
  return { authorization: { session_token } };
};

test("external ids can be removed, and then name nothing", async () => {
  const { stytch } = context;
  const { member_id } = await newMember({ external_id: "ext-1" });
  const { member } = await members().deleteExternalId({ organization_id, member_id });
  expect(member.external_id).toBeNull();
  expect(await outcome(members().get({ organization_id, member_id: "ext-1" }))).toBe("404 member_not_found");
  await newMember({ external_id: "ext-1" });

  const { organization } = await stytch.organizations.deleteExternalId({ organization_id: "crm-1001" });
  expect(organization.organization_external_id).toBeNull();
  expect(await outcome(stytch.organizations.get({ organization_id: "crm-1001" }))).toBe("404 organization_not_found");
});

test("a phone number is deleted before another one is set; the Member may do it", async () => {
  const { member_id } = await newMember({ mfa_phone_number: "+15005550006" });
  const remove = async (who: string) =>
    outcome(members().deleteMFAPhoneNumber({ organization_id, member_id }, await sessionOf(who)));
  expect(await remove((await newMember()).member_id)).toBe("403 session_authorization_error");
  expect(await remove(member_id)).toBe("ok");
  expect(await remove(member_id)).toBe("404 member_phone_number_not_found");
  const { member } = await members().update({ organization_id, member_id, mfa_phone_number: "+15005550007" });
  expect(member.mfa_phone_number).toBe("+15005550007");
});

test("a TOTP registration is deleted, where there is one", async () => {
  const { member_id } = await newMember();
  expect(await outcome(members().deleteTOTP({ organization_id, member_id }))).toBe("404 totp_not_found");
  const known = context.emulator.state.requireMemberById(member_id);
  context.emulator.state.members.save({ ...known, totp_registration_id: "totp-1", default_mfa_method: "totp" });
  const { member } = await members().deleteTOTP({ organization_id, member_id });
  expect(member).toMatchObject({ totp_registration_id: "", default_mfa_method: "" });
});

test("a retired address that is unlinked is free", async () => {
  const { member_id } = await newMember({ email_address: "old@northwind.example" });
  await members().update({ organization_id, member_id, email_address: "new@northwind.example" });
  const unlink = (fields: object) => outcome(members().unlinkRetiredEmail({ organization_id, member_id, ...fields }));
  expect(await unlink({})).toBe("400 retired_email_missing_email_identifiers");
  expect(await unlink({ email_address: "other@northwind.example" })).toBe("404 retired_email_not_found");
  expect(await unlink({ email_address: "old@northwind.example" })).toBe("ok");
  expect((await newMember({ email_address: "old@northwind.example" })).status).toBe("active");
});
