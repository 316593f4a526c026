import * as openid from "openid-client";
import { type OAuthContext, startOAuth, type TestClient } from "./setup";

let context: OAuthContext;
beforeAll(async () => {
  context = await startOAuth();
});
afterAll(() => context.emulator.stop());

/** Without a query: openid-client drops it when it works out the redirect URI again. */
const REDIRECT_URI = "https://rp.example/cb";
const SCOPES = ["openid", "profile", "email", "offline_access", "read:ledger"];

const METHODS = {
  basic: openid.ClientSecretBasic,
  post: openid.ClientSecretPost,
  none: () => openid.None(),
};

const discover = ({ client_id, client_secret = "" }: TestClient, method: keyof typeof METHODS, algorithm?: "oauth2") =>
  openid.discovery(new URL(context.emulator.url), client_id, undefined, METHODS[method](client_secret), {
    execute: [openid.allowInsecureRequests],
    ...(algorithm && { algorithm }),
  });

/** What the gateway does between the authorization URL and the callback, with the SDK alone. */
async function consent(url: URL): Promise<URL> {
  const query = url.searchParams;
  const { redirect_uri } = await context.stytch.idp.oauth.authorize({
    client_id: query.get("client_id") ?? "",
    redirect_uri: query.get("redirect_uri") ?? "",
    response_type: "code",
    scopes: (query.get("scope") ?? "").split(" "),
    consent_granted: true,
    state: query.get("state") ?? "",
    nonce: query.get("nonce") ?? "",
    code_challenge: query.get("code_challenge") ?? "",
    resources: query.getAll("resource"),
    ...context.member,
  });
  return new URL(redirect_uri);
}

test.each([
  ["third_party", "basic"],
  ["third_party", "post"],
  ["first_party", "basic"],
  ["third_party_public", "none"],
  ["first_party_public", "none"],
] as const)("an off-the-shelf client completes the flow as a %s with %s", async (type, method) => {
  const config = await discover(await context.newClient(type, { redirect_urls: [REDIRECT_URI] }), method);
  const [verifier, state, nonce] = [openid.randomPKCECodeVerifier(), openid.randomState(), openid.randomNonce()];
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT_URI,
    scope: SCOPES.join(" "),
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    nonce,
    resource: "https://ledger.example",
  });
  expect(url.origin).toBe(context.emulator.gatewayUrl);

  const checks = { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true };
  const tokens = await openid.authorizationCodeGrant(config, await consent(url), checks);
  const subject = tokens.claims()?.sub ?? "";
  expect(subject).toBe(context.member.member_id);
  expect(tokens.scope).toBe(SCOPES.join(" "));
  expect((await openid.fetchUserInfo(config, tokens.access_token, subject)).email).toContain("@northwind.example");

  const refreshed = await openid.refreshTokenGrant(config, tokens.refresh_token ?? "");
  // Only public clients get a new one; the others keep theirs.
  expect(typeof refreshed.refresh_token).toBe(method === "none" ? "string" : "undefined");
  const refreshToken = refreshed.refresh_token ?? tokens.refresh_token ?? "";
  const active = await openid.tokenIntrospection(config, refreshed.access_token);
  expect(active).toMatchObject({ active: true, aud: [context.emulator.projectId, "https://ledger.example"] });

  await openid.tokenRevocation(config, refreshToken);
  expect(await openid.tokenIntrospection(config, refreshed.access_token)).toMatchObject({ active: false });
  await expect(openid.refreshTokenGrant(config, refreshToken)).rejects.toMatchObject({
    error: "invalid_grant",
  });
});

test("discovery by the OAuth metadata document works as well", async () => {
  const config = await discover(await context.newClient("third_party"), "basic", "oauth2");
  expect(config.serverMetadata()).toMatchObject({
    issuer: context.emulator.url,
    registration_endpoint: `${context.emulator.url}/v1/oauth2/register`,
  });
});

test("a client can register itself and then sign in", async () => {
  const metadata = { redirect_uris: [REDIRECT_URI], client_name: "Registered" };
  const config = await openid.dynamicClientRegistration(new URL(context.emulator.url), metadata, undefined, {
    algorithm: "oauth2",
    execute: [openid.allowInsecureRequests],
  });
  const verifier = openid.randomPKCECodeVerifier();
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT_URI,
    scope: "openid",
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state: "s",
    nonce: "n",
  });
  const checks = { pkceCodeVerifier: verifier, expectedState: "s", expectedNonce: "n" };
  const tokens = await openid.authorizationCodeGrant(config, await consent(url), checks);
  expect(tokens.claims()?.sub).toBe(context.member.member_id);
});
