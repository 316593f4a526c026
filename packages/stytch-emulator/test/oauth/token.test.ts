import { decodeJwt, decodeProtectedHeader } from "jose";
import {
  basicOf,
  CALLBACK,
  CHALLENGE,
  type OAuthContext,
  startOAuth,
  summary,
  type TestClient,
  VERIFIER,
} from "./setup";

let context: OAuthContext;
let client: TestClient;
beforeEach(async () => {
  context = await startOAuth();
  client = await context.newClient("third_party");
});
afterEach(() => context.emulator.stop());

const ORGANIZATION = "https://stytch.com/organization";

test("a code becomes an access token with the documented claims", async () => {
  client = await context.newClient("third_party", {
    access_token_expiry_minutes: 5,
    access_token_custom_audience: "https://api.example",
    access_token_template_content:
      '{ "roles": {{ member.rbac.roles }}, "plan": "plan {{ organization.trusted_metadata.plan }}", "none": {{ member.trusted_metadata.none }}, "sub": "x" }',
  });
  const code = await context.codeFor(client, { scopes: ["read:ledger"], resources: ["https://ledger.example"] });
  const answer = await context.exchange(client, code);
  expect(answer.body).toEqual({
    request_id: expect.stringMatching(/^request-id-test-/),
    status_code: 200,
    access_token: expect.any(String),
    token_type: "bearer",
    expires_in: 300,
    scope: "read:ledger",
  });
  expect(answer.headers.get("cache-control")).toBe("no-store");
  const jwt = String(answer.body.access_token);
  expect(decodeProtectedHeader(jwt)).toMatchObject({ alg: "RS256", typ: "JWT", kid: expect.any(String) });
  const { iat = 0, ...claims } = decodeJwt(jwt);
  expect(claims).toEqual({
    iss: context.emulator.url,
    sub: context.member.member_id,
    aud: [context.emulator.projectId, "https://api.example", "https://ledger.example"],
    client_id: client.client_id,
    scope: "read:ledger",
    nbf: iat,
    exp: iat + 300,
    jti: expect.any(String),
    [ORGANIZATION]: { organization_id: context.member.organization_id, slug: "northwind" },
    roles: ["stytch_member", "bookkeeper"],
    plan: "plan growth",
  });
});

test("openid brings an ID token with the nonce and the claims of the granted scopes", async () => {
  client = await context.newClient("third_party", {
    id_token_template_content: '{ "slug": "{{ organization.organization_slug }}" }',
  });
  const { name, email_address: email } = context.emulator.state.requireMemberById(context.member.member_id);
  for (const [scopes, expected] of [
    [["openid"], {}],
    [["openid", "profile", "email", "phone"], { name, email, email_verified: true }],
  ] as const) {
    const code = await context.codeFor(client, { scopes: [...scopes], nonce: "n-1" });
    const { id_token } = (await context.exchange(client, code)).body;
    const { iat = 0, ...claims } = decodeJwt(String(id_token));
    const fixed = { iss: context.emulator.url, sub: context.member.member_id, aud: [client.client_id], nonce: "n-1" };
    expect(claims).toEqual({ ...fixed, nbf: iat, exp: iat + 3600, slug: "northwind", ...expected });
  }
});

test("offline_access brings a refresh token", async () => {
  const code = await context.codeFor(client, { scopes: ["offline_access"] });
  const { body } = await context.exchange(client, code);
  expect(body.refresh_token).toMatch(/^[\w-]{44}$/);
  expect(body).not.toHaveProperty("id_token");
});

test("a JSON body and the address beside the management API do as well; the issuer is the API's there", async () => {
  const path = `/v1/public/${context.emulator.projectId}/oauth2/token`;
  const code = await context.codeFor(client);
  const response = await fetch(context.emulator.url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ grant_type: "authorization_code", code, redirect_uri: CALLBACK, ...client }),
  });
  const { access_token } = (await response.json()) as { access_token: string };
  expect(decodeJwt(access_token).iss).toBe(`stytch.com/${context.emulator.projectId}`);
});

test.each([
  [
    "another client's code",
    async () => ({ ...(await context.newClient("third_party")) }),
    "404 invalid_grant idp_auth_code_not_found",
  ],
  ["no code", () => ({ code: "" }), "400 invalid_request bad_request"],
  ["an unknown code", () => ({ code: "x".repeat(44) }), "404 invalid_grant idp_auth_code_not_found"],
  ["another redirect_uri", () => ({ redirect_uri: "https://app.example/cb" }), "400 invalid_grant bad_request"],
  ["an unsupported grant", () => ({ grant_type: "password" }), "400 unsupported_grant_type bad_request"],
  ["no grant type", () => ({ grant_type: "" }), "400 invalid_request bad_request"],
  [
    "an unexpected verifier",
    () => ({ code_verifier: VERIFIER }),
    "400 invalid_grant pkce_did_not_expect_code_verifier",
  ],
])("%s is refused, and the code stays good", async (_, change, expected) => {
  const code = await context.codeFor(client);
  const answer = await context.exchange(client, code, await change());
  expect(summary(answer)).toBe(expected);
  expect(answer.body).toMatchObject({ status_code: answer.status, error_description: expect.any(String) });
  expect(answer.headers.get("cache-control")).toBe("no-store");
  expect(summary(await context.exchange(client, code))).toBe("ok");
});

test.each([
  [VERIFIER, "ok"],
  ["", "400 invalid_grant pkce_expected_code_verifier"],
  ["w".repeat(43), "400 invalid_grant pkce_mismatch"],
  [CHALLENGE, "400 invalid_grant pkce_mismatch"],
  ["v".repeat(42), "400 invalid_request invalid_pkce_code_verifier"],
  ["v".repeat(129), "400 invalid_request invalid_pkce_code_verifier"],
])("PKCE verifier %s: %s", async (code_verifier, expected) => {
  for (const type of ["third_party", "first_party_public"] as const) {
    client = await context.newClient(type);
    const code = await context.codeFor(client, { code_challenge: CHALLENGE });
    expect(summary(await context.exchange(client, code, { code_verifier }))).toBe(expected);
  }
});

test("a parameter that is sent twice is refused", async () => {
  const code = await context.codeFor(client);
  const fields = { grant_type: "authorization_code", code, redirect_uri: CALLBACK, ...client };
  const body = `${new URLSearchParams(fields)}&code=${code}`;
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const response = await fetch(`${context.emulator.url}/v1/oauth2/token`, { method: "POST", headers, body });
  expect(await response.json()).toMatchObject({ status_code: 400, error: "invalid_request" });
});

test("a code is good for ten minutes", async () => {
  const [early, late] = [await context.codeFor(client), await context.codeFor(client)];
  context.advance(599_000);
  expect(summary(await context.exchange(client, early))).toBe("ok");
  context.advance(2_000);
  expect(summary(await context.exchange(client, late))).toBe("400 invalid_grant idp_auth_code_expired");
});

test("a code that is used twice ends the tokens of its first use", async () => {
  const code = await context.codeFor(client, { scopes: ["openid", "offline_access"] });
  const { access_token, refresh_token } = (await context.exchange(client, code)).body;
  expect(summary(await context.exchange(client, code))).toBe("404 invalid_grant idp_auth_code_not_found");
  for (const token of [access_token, refresh_token]) {
    const { body } = await context.post("/v1/oauth2/introspect", { token: String(token), ...client });
    expect(body).toEqual({ active: false, request_id: expect.any(String), status_code: 200 });
  }
});

test("a code does not survive the consent it came from", async () => {
  const code = await context.codeFor(client);
  const app = { ...context.member, connected_app_id: client.client_id };
  await context.stytch.organizations.members.connectedApps.revoke(app);
  expect(summary(await context.exchange(client, code))).toBe("401 invalid_grant connected_app_consent_revoked");
});

describe("client authentication", () => {
  const send = async (fields: Record<string, string>, headers: Record<string, string> = {}) => {
    const grant = { grant_type: "authorization_code", code: await context.codeFor(client), redirect_uri: CALLBACK };
    return summary(await context.post("/v1/oauth2/token", { ...grant, ...fields }, headers));
  };

  test("by body or by HTTP Basic, form-encoded as RFC 6749 asks, but not both", async () => {
    const { client_id, client_secret = "" } = client;
    const encoded = (text: string) => text.replaceAll("-", "%2D").replaceAll("_", "%5F");
    expect(await send({ client_id, client_secret })).toBe("ok");
    expect(await send({}, basicOf(client_id, client_secret))).toBe("ok");
    expect(await send({ client_id }, basicOf(encoded(client_id), encoded(client_secret)))).toBe("ok");
    expect(await send({ client_secret }, basicOf(client_id, client_secret))).toBe("400 invalid_request bad_request");
    const other = { client_id: "connected-app-test-other" };
    expect(await send(other, basicOf(client_id, client_secret))).toBe("400 invalid_request bad_request");
  });

  test("a wrong, missing or unexpected secret and an unknown client are refused", async () => {
    const { client_id } = client;
    expect(await send({ client_id, client_secret: "wrong" })).toBe("400 invalid_client invalid_client_secret");
    expect(await send({}, basicOf(client_id, "wrong"))).toBe("400 invalid_client invalid_client_secret");
    expect(await send({ client_id })).toBe("400 invalid_client invalid_client_secret");
    expect(await send({ client_id: "nobody" })).toBe("400 invalid_client invalid_client_id");
    expect(await send({})).toBe("400 invalid_client invalid_client_id");
    const { client_id: desktop } = await context.newClient("third_party_public");
    expect(await send({ client_id: desktop, client_secret: "any" })).toBe("400 invalid_client invalid_client_secret");
  });

  test("while a secret rotates both are good, afterwards only the new one", async () => {
    const { client_id, client_secret: old = "" } = client;
    const { secrets } = context.stytch.connectedApp.clients;
    const { next_client_secret: next } = (await secrets.rotateStart({ client_id })).connected_app;
    for (const client_secret of [old, next]) expect(await send({ client_id, client_secret })).toBe("ok");
    await secrets.rotate({ client_id });
    expect(await send({ client_id, client_secret: old })).toBe("400 invalid_client invalid_client_secret");
    expect(await send({ client_id, client_secret: next })).toBe("ok");
  });
});

describe("client_credentials", () => {
  const service = () => context.emulator.seeded.operatorService;

  test("the SDK's m2m.token gets all scopes, or the ones it names", async () => {
    const { clientId: client_id, clientSecret: client_secret } = service();
    for (const scopes of [undefined, ["read:marketplace"]]) {
      const { access_token, ...answer } = await context.stytch.m2m.token({
        client_id,
        client_secret,
        ...(scopes && { scopes }),
      });
      expect(answer).toEqual({
        token_type: "bearer",
        expires_in: 3600,
        request_id: expect.any(String),
        status_code: 200,
      });
      expect(decodeJwt(access_token)).not.toHaveProperty([ORGANIZATION]);
      const checked = await context.stytch.m2m.authenticateToken({ access_token });
      expect(checked).toMatchObject({
        client_id,
        scopes: scopes ?? ["read:marketplace", "manage:clients", "manage:authorizations"],
      });
    }
  });

  test.each([
    [{ client_secret: "wrong" }, "400 invalid_client invalid_client_secret"],
    [{ client_id: "m2m-client-test-none" }, "400 invalid_client invalid_client_id"],
    [{ scope: "read:marketplace drop:tables" }, "400 invalid_scope invalid_m2m_client_scope"],
  ])("%j: %s", async (change, expected) => {
    const { clientId: client_id, clientSecret: client_secret } = service();
    const fields = { grant_type: "client_credentials", client_id, client_secret, ...change };
    expect(summary(await context.post("/v1/oauth2/token", fields))).toBe(expected);
  });

  test("is not for Connected Apps, nor for inactive services", async () => {
    const asApp = { grant_type: "client_credentials", ...client };
    expect(summary(await context.post("/v1/oauth2/token", asApp))).toBe("400 unauthorized_client invalid_client_id");
    const { m2m_client } = await context.stytch.m2m.clients.create({ scopes: ["read:marketplace"] });
    const { client_id, client_secret } = m2m_client;
    await context.stytch.m2m.clients.update({ client_id, status: "inactive" });
    const asService = { grant_type: "client_credentials", client_id, client_secret };
    expect(summary(await context.post("/v1/oauth2/token", asService))).toBe("400 invalid_client invalid_client_id");
  });
});
