import { outcome } from "../sdk";
import { CALLBACK, type OAuthContext, startOAuth, type TestClient } from "./setup";

let context: OAuthContext;
let client: TestClient;
beforeEach(async () => {
  context = await startOAuth();
  client = await context.newClient("third_party");
});
afterEach(() => context.emulator.stop());

const authorize = (fields: object = {}) =>
  context.stytch.idp.oauth.authorize({
    client_id: client.client_id,
    redirect_uri: CALLBACK,
    response_type: "code",
    scopes: ["openid"],
    consent_granted: true,
    ...context.member,
    ...fields,
  });

const grantedScopes = async () => {
  const { connected_apps } = await context.stytch.organizations.members.getConnectedApps(context.member);
  return connected_apps.find((app) => app.connected_app_id === client.client_id)?.scopes_granted;
};

test("a grant keeps the callback's own query and adds the code", async () => {
  const { redirect_uri, authorization_code } = await authorize();
  expect(redirect_uri).toBe(`${CALLBACK}&code=${authorization_code}`);
  expect(authorization_code).toMatch(/^[\w-]{44}$/);
});

test.each(["plain", "a&b=c", "a+b c", "100%", "%26", "ünïcode ✓", "#x", "", "x".repeat(2048)])(
  "state %j comes back exactly",
  async (state) => {
    for (const consent_granted of [true, false]) {
      const { redirect_uri } = await authorize({ state, consent_granted, prompt: "consent" });
      expect(redirect_uri).not.toContain("+");
      expect(new URL(redirect_uri).searchParams.getAll("state")).toEqual([state]);
    }
  },
);

test("no state is echoed when none was sent", async () => {
  expect(new URL((await authorize()).redirect_uri).searchParams.has("state")).toBe(false);
});

test("a private scheme and a URL that ends in ? are valid callbacks", async () => {
  const redirect_urls = ["com.example.app:/cb", "https://app.example/cb?"];
  client = await context.newClient("third_party_public", { redirect_urls });
  for (const redirect_uri of redirect_urls) {
    const answer = await authorize({ redirect_uri, code_challenge: "c".repeat(43) });
    expect(answer.redirect_uri).toBe(`${redirect_uri.replace(/\?$/, "")}?code=${answer.authorization_code}`);
  }
});

test("a denial is a success without a code, and is not recorded", async () => {
  const answer = await authorize({ consent_granted: false, state: "s" });
  expect(answer.status_code).toBe(200);
  expect(answer.authorization_code).toBeUndefined();
  expect(Object.fromEntries(new URL(answer.redirect_uri).searchParams)).toEqual({
    tenant: "7",
    error: "access_denied",
    error_description: "The resource owner denied the request.",
    state: "s",
  });
  expect(await grantedScopes()).toBeUndefined();
});

test("consent_granted: false denies only where consent is required", async () => {
  client = await context.newClient("first_party");
  expect((await authorize({ consent_granted: false })).authorization_code).toBeDefined();
});

test("only grantable scopes are recorded, and the last authorization alone counts", async () => {
  await authorize({ scopes: ["openid", "delete:ledger", "read:ledger"] });
  expect(await grantedScopes()).toBe("openid read:ledger");
  await authorize({ scopes: ["email", "openid"] });
  expect(await grantedScopes()).toBe("email openid");
});

test("nothing grantable can be shown and denied, not granted", async () => {
  const refused = { scopes: ["delete:ledger"] };
  expect(await outcome(authorize(refused))).toBe("400 oauth_invalid_scope_requested");
  expect((await authorize({ ...refused, consent_granted: false })).redirect_uri).toContain("error=access_denied");
});

test("an app that the Organization no longer allows is refused, and its grants are gone", async () => {
  const organization_id = "juniper-studio";
  const { members } = await context.stytch.organizations.members.search({ organization_ids: [organization_id] });
  const member = { organization_id, member_id: members[0]?.member_id };
  await authorize(member);
  await context.stytch.organizations.update({
    organization_id,
    third_party_connected_apps_allowed_type: "RESTRICTED",
    allowed_third_party_connected_apps: [],
  });
  expect(await outcome(authorize(member))).toBe("400 connected_app_not_allowed_for_org");
});

test("a session names the Member; its JWT stays good while the session lives", async () => {
  const { session_token, session_jwt } = await context.emulator.mintSession({ memberId: context.member.member_id });
  const nobody = { organization_id: undefined, member_id: undefined };
  expect((await authorize({ ...nobody, session_token })).authorization_code).toBeDefined();
  context.advance(10 * 60_000);
  expect((await authorize({ ...nobody, session_jwt })).authorization_code).toBeDefined();
  await context.stytch.sessions.revoke({ session_token });
  expect(await outcome(authorize({ ...nobody, session_jwt }))).toBe("404 session_not_found");
});
