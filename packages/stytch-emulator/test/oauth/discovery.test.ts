import { answerOf, CALLBACK, type OAuthContext, startOAuth, summary } from "./setup";

let context: OAuthContext;
beforeAll(async () => {
  context = await startOAuth();
});
afterAll(() => context.emulator.stop());

const get = async (path: string) => answerOf(await fetch(context.emulator.url + path));

async function register(metadata: object) {
  const headers = { "content-type": "application/json" };
  const init = { method: "POST", headers, body: JSON.stringify(metadata) };
  return answerOf(await fetch(`${context.emulator.url}/v1/oauth2/register`, init));
}

test("each family's metadata names its own issuer and endpoints, which exist", async () => {
  const { url, projectId } = context.emulator;
  for (const [prefix, base, issuer, jwks] of [
    ["", `${url}/v1`, url, `${url}/.well-known/jwks.json`],
    [
      `/v1/public/${projectId}`,
      `${url}/v1/public/${projectId}`,
      `stytch.com/${projectId}`,
      `${url}/v1/b2b/sessions/jwks/${projectId}`,
    ],
  ] as const) {
    const openid = (await get(`${prefix}/.well-known/openid-configuration`)).body;
    expect(openid).toMatchObject({
      issuer,
      authorization_endpoint: "http://127.0.0.1:4000/oauth/authorize",
      token_endpoint: `${base}/oauth2/token`,
      userinfo_endpoint: `${base}/oauth2/userinfo`,
      jwks_uri: jwks,
      code_challenge_methods_supported: ["S256"],
      status_code: 200,
    });
    const server = (await get(`${prefix}/.well-known/oauth-authorization-server`)).body;
    expect(server).toMatchObject({ issuer, registration_endpoint: `${base}/oauth2/register` });
    const { keys } = (await answerOf(await fetch(jwks))).body;
    expect(keys).toMatchObject([{ kty: "RSA", alg: "RS256", use: "sig" }]);
    for (const name of ["token", "introspection", "revocation"]) {
      const response = await fetch(String(openid[`${name}_endpoint`]), { method: "POST" });
      expect(response.status).toBe(400);
    }
  }
});

test("another project, and metadata without an Authorization URL, are refused", async () => {
  const other = await get("/v1/public/project-test-other/.well-known/openid-configuration");
  expect(other.body).toMatchObject({ status_code: 404, error_type: "route_not_found" });
  context.emulator.setGatewayUrl("");
  const answer = await get("/.well-known/openid-configuration");
  context.emulator.setGatewayUrl("http://127.0.0.1:4000");
  expect(answer.body).toMatchObject({
    status_code: 400,
    error_type: "authorization_endpoint_not_configured_for_project",
  });
});

test.each([
  [undefined, "none", "third_party_public"],
  ["client_secret_basic", "client_secret_basic", "third_party"],
  ["client_secret_post", "client_secret_post", "third_party"],
  ["none", "none", "third_party_public"],
])("a client that registers with method %s is a %s, %s client", async (method, expected, type) => {
  const metadata = {
    redirect_uris: [CALLBACK],
    client_name: "Self",
    logo_uri: "ignored",
    token_endpoint_auth_method: method,
  };
  const { status, body } = await register(metadata);
  expect(status).toBe(201);
  expect(body).toMatchObject({
    client_name: "Self",
    redirect_uris: [CALLBACK],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    token_endpoint_auth_method: expected,
  });
  expect("client_secret" in body).toBe(type === "third_party");
  const { connected_app } = await context.stytch.connectedApp.clients.get({ client_id: String(body.client_id) });
  expect(connected_app).toMatchObject({ client_type: type, creation_method: "DCR" });
  const { client_id, client_secret } = body;
  const client = {
    client_id: String(client_id),
    ...(client_secret !== undefined && { client_secret: String(client_secret) }),
  };
  expect(summary(await context.exchange(client, await context.codeFor(client)))).toBe("ok");
});

test("a public client that registers the same metadata again is the same client", async () => {
  const metadata = { redirect_uris: [CALLBACK], client_name: "Twice", token_endpoint_auth_method: "none" };
  const [first, second] = [await register(metadata), await register(metadata)];
  expect(second.body.client_id).toBe(first.body.client_id);
  const other = await register({ ...metadata, client_name: "Other" });
  expect(other.body.client_id).not.toBe(first.body.client_id);
});

test.each([
  [{}, "400 invalid_request bad_request"],
  [{ redirect_uris: [] }, "400 invalid_request bad_request"],
  [{ redirect_uris: [CALLBACK], token_endpoint_auth_method: "private_key_jwt" }, "400 invalid_request bad_request"],
  [
    { redirect_uris: ["http://app.example/cb"] },
    "400 invalid_request connected_app_redirect_url_http_scheme_must_use_loopback",
  ],
])("registering %j: %s", async (metadata, expected) => {
  expect(summary(await register(metadata))).toBe(expected);
});

test("registration can be switched off", async () => {
  const closed = await startOAuth({ dynamicRegistration: false });
  try {
    const answer = await closed.post("/v1/oauth2/register", {});
    expect(summary(answer)).toBe("400 invalid_request dynamic_client_registration_not_enabled");
    const { body } = await answerOf(await fetch(`${closed.emulator.url}/.well-known/oauth-authorization-server`));
    expect(body).not.toHaveProperty("registration_endpoint");
  } finally {
    await closed.emulator.stop();
  }
});
