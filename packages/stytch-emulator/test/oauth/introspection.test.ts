import { ClientError } from "stytch";
import { answerOf, type OAuthContext, startOAuth, summary, type TestClient } from "./setup";

let context: OAuthContext;
let client: TestClient;
let tokens: { access_token: string; refresh_token: string };
beforeEach(async () => {
  context = await startOAuth();
  client = await context.newClient("third_party");
  tokens = await context.tokensFor(client, ["openid", "email", "offline_access", "read:ledger"]);
});
afterEach(() => context.emulator.stop());

const introspect = async (token: string, as = client) =>
  (await context.post("/v1/oauth2/introspect", { token, ...as })).body;
const revoke = (token: string, as = client) => context.post("/v1/oauth2/revoke", { token, ...as });
const userinfo = async (token: string, method = "GET") =>
  answerOf(
    await fetch(`${context.emulator.url}/v1/oauth2/userinfo`, {
      method,
      headers: { authorization: `Bearer ${token}` },
    }),
  );
const revokeConsent = () =>
  context.stytch.organizations.members.connectedApps.revoke({ ...context.member, connected_app_id: client.client_id });

const INACTIVE = { active: false, request_id: expect.any(String), status_code: 200 };

test.each(["access_token", "refresh_token"] as const)("an active %s is described", async (kind) => {
  expect(await introspect(tokens[kind])).toMatchObject({
    active: true,
    token_type: kind,
    sub: context.member.member_id,
    scope: "openid email offline_access read:ledger",
    client_id: client.client_id,
    aud: [context.emulator.projectId],
    iss: context.emulator.url,
    exp: expect.any(Number),
    iat: expect.any(Number),
    nbf: expect.any(Number),
    "https://stytch.com/organization": { organization_id: context.member.organization_id, slug: "northwind" },
  });
});

test("unknown, expired and other clients' tokens are inactive, and nothing else is said", async () => {
  const other = await context.newClient("third_party");
  const { session_jwt } = await context.emulator.mintSession({ memberId: context.member.member_id });
  expect(await introspect("unknown")).toEqual(INACTIVE);
  expect(await introspect(session_jwt)).toEqual(INACTIVE);
  expect(await introspect(tokens.access_token, other)).toEqual(INACTIVE);
  expect(await introspect(tokens.refresh_token, other)).toEqual(INACTIVE);
  context.advance(61 * 60_000);
  expect(await introspect(tokens.access_token)).toEqual(INACTIVE);
});

test("introspection needs client authentication", async () => {
  const { client_id } = client;
  const answer = await context.post("/v1/oauth2/introspect", { token: tokens.access_token, client_id });
  expect(summary(answer)).toBe("400 invalid_client invalid_client_secret");
});

test("the SDK introspects locally and over the network, with scope checks", async () => {
  const { idp } = context.stytch;
  const expected = {
    subject: context.member.member_id,
    scope: "openid email offline_access read:ledger",
    token_type: "access_token",
    organization: { organization_id: context.member.organization_id, slug: "northwind" },
  };
  const check = (action: string) => ({
    authorization_check: { organization_id: context.member.organization_id, resource_id: "ledger", action },
  });
  const request = {
    token: tokens.access_token,
    client_id: client.client_id,
    client_secret: client.client_secret ?? "",
  };
  expect(await idp.introspectTokenLocal(tokens.access_token, check("read"))).toMatchObject(expected);
  expect(await idp.introspectTokenNetwork(request, check("read"))).toMatchObject(expected);
  await expect(idp.introspectTokenNetwork(request, check("delete"))).rejects.toMatchObject({
    code: "invalid_permissions",
  });
  await revokeConsent();
  await expect(idp.introspectTokenNetwork(request)).rejects.toThrow(ClientError);
});

test("revoking a refresh token ends the access tokens issued from it", async () => {
  const answer = await revoke(tokens.refresh_token);
  expect(answer.body).toEqual({ request_id: expect.any(String), status_code: 200 });
  expect(await introspect(tokens.refresh_token)).toEqual(INACTIVE);
  expect(await introspect(tokens.access_token)).toEqual(INACTIVE);
});

test("revoking an access token ends that one only", async () => {
  await revoke(tokens.access_token);
  expect(await introspect(tokens.access_token)).toEqual(INACTIVE);
  expect(await introspect(tokens.refresh_token)).toMatchObject({ active: true });
  expect(summary(await userinfo(tokens.access_token))).toBe("404 invalid_token idp_access_token_not_found");
});

test("an unknown or another client's token is left alone, and the answer is 200", async () => {
  const other = await context.newClient("third_party");
  for (const token of ["unknown", tokens.access_token, tokens.refresh_token]) {
    expect((await revoke(token, other)).status).toBe(200);
  }
  expect(await introspect(tokens.access_token)).toMatchObject({ active: true });
  expect(await introspect(tokens.refresh_token)).toMatchObject({ active: true });
});

test("userinfo tells what the scopes allow", async () => {
  const { email_address: email } = context.emulator.state.requireMemberById(context.member.member_id);
  for (const method of ["GET", "POST"]) {
    const { body } = await userinfo(tokens.access_token, method);
    expect(body).toEqual({
      sub: context.member.member_id,
      email,
      email_verified: true,
      request_id: expect.any(String),
      status_code: 200,
    });
  }
});

test("userinfo refuses what is not a living access token with openid", async () => {
  const plain = await context.tokensFor(client, ["email"]);
  const answer = await userinfo(plain.access_token);
  expect(summary(answer)).toBe("400 insufficient_scope oauth_invalid_scope_requested");
  expect(answer.headers.get("www-authenticate")).toBe('Bearer error="insufficient_scope"');
  expect(summary(await userinfo("unknown"))).toBe("404 invalid_token idp_access_token_not_found");
  expect(summary(await userinfo(tokens.refresh_token))).toBe("404 invalid_token idp_access_token_not_found");
  context.advance(61 * 60_000);
  expect(summary(await userinfo(tokens.access_token))).toBe("400 invalid_token idp_access_token_expired");
});

test("after the consent is revoked every token is dead and says so", async () => {
  await revokeConsent();
  expect(await introspect(tokens.access_token)).toEqual(INACTIVE);
  expect(await introspect(tokens.refresh_token)).toEqual(INACTIVE);
  expect(summary(await userinfo(tokens.access_token))).toBe("401 invalid_token connected_app_consent_revoked");
  const refresh = { grant_type: "refresh_token", refresh_token: tokens.refresh_token, ...client };
  const answer = await context.post("/v1/oauth2/token", refresh);
  expect(summary(answer)).toBe("401 invalid_grant connected_app_consent_revoked");
  expect(answer.body.error_description).toContain("Complete another authorization flow");
  await context.tokensFor(client, ["openid"]);
  expect(await introspect(tokens.access_token)).toEqual(INACTIVE);
});
