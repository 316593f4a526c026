import { decodeJwt } from "jose";
import { basic, outcome } from "../sdk";
import { answerOf, CALLBACK, type OAuthContext, startOAuth, summary, VERIFIER } from "./setup";

/** What Stytch's OpenAPI, examples and documentation say about Connected Apps, where an emulator is easily different. */
let context: OAuthContext;
beforeEach(async () => {
  context = await startOAuth();
});
afterEach(() => context.emulator.stop());

const sendJson = async (path: string, body: object) =>
  answerOf(
    await fetch(context.emulator.url + path, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: basic(context.emulator) },
      body: JSON.stringify(body),
    }),
  );

test("an app that registers without a method is public: it has no secret and must use PKCE", async () => {
  const { status, body } = await sendJson("/v1/oauth2/register", { redirect_uris: [CALLBACK], client_name: "Self" });
  expect([status, body.token_endpoint_auth_method, "client_secret" in body]).toEqual([201, "none", false]);
  const client = { client_id: String(body.client_id) };
  const { connected_app } = await context.stytch.connectedApp.clients.get(client);
  expect(connected_app.client_type).toBe("third_party_public");
  const withoutChallenge = context.stytch.idp.oauth.authorize({
    ...client,
    ...context.member,
    redirect_uri: CALLBACK,
    response_type: "code",
    scopes: ["openid"],
    consent_granted: true,
  });
  expect(await outcome(withoutChallenge)).toBe("400 pkce_required_for_idp_authorization_flow");
});

describe("scopes of a consent", () => {
  const SETS = [["openid", "profile"], ["openid", "profile", "email"], ["openid"]];

  test("both views show those of the last authorization", async () => {
    const client = await context.newClient("third_party");
    for (const scopes of SETS) {
      await context.codeFor(client, { scopes });
      const { connected_apps } = await context.stytch.organizations.members.getConnectedApps(context.member);
      const own = connected_apps.find((app) => app.connected_app_id === client.client_id);
      expect(own?.scopes_granted).toBe(scopes.join(" "));
      const { active_members } = await context.stytch.organizations.getConnectedApp({
        organization_id: context.member.organization_id,
        connected_app_id: client.client_id,
      });
      expect(active_members).toEqual([{ member_id: context.member.member_id, granted_scopes: scopes }]);
    }
  });

  test.each([
    ["not-subset", { same: false, narrower: false, wider: true, "narrower, then as before": true }],
    ["not-equal", { same: false, narrower: true, wider: true, "narrower, then as before": true }],
  ] as const)("by the rule %s consent is asked again: %j", async (consentRule, expected) => {
    await context.emulator.stop();
    context = await startOAuth({ consentRule });
    const asked = async (client: { client_id: string }, scopes: string[]) => {
      const request = { ...client, ...context.member, redirect_uri: CALLBACK, response_type: "code", scopes };
      return (await context.stytch.idp.oauth.authorizeStart(request)).consent_required;
    };
    const first = ["openid", "profile"];
    const { client_id, ...rest } = await context.newClient("third_party");
    await context.codeFor({ client_id, ...rest }, { scopes: first });
    const client = { client_id };
    const answers = {
      same: await asked(client, ["profile", "openid"]),
      narrower: await asked(client, ["openid"]),
      wider: await asked(client, [...first, "email"]),
    };
    await context.codeFor({ client_id, ...rest }, { scopes: ["openid"] });
    expect({ ...answers, "narrower, then as before": await asked(client, first) }).toEqual(expected);
  });
});

test("a code is exchanged without redirect_uri, and not with another one", async () => {
  const client = await context.newClient("third_party_public");
  const exchange = (code: string, redirect_uri: string) => context.exchange(client, code, { redirect_uri });
  const code = await context.codeFor(client);
  expect(summary(await exchange(code, "https://app.example/other"))).toBe("400 invalid_grant bad_request");
  expect(summary(await exchange(code, ""))).toBe("ok");
  const fields = { grant_type: "authorization_code", ...client, code_verifier: VERIFIER };
  expect(summary(await context.post("/v1/oauth2/token", { ...fields, code: await context.codeFor(client) }))).toBe(
    "ok",
  );
});

test.each([
  ["third_party", false],
  ["third_party_public", true],
] as const)("a refresh of a %s client brings a refresh token: %s", async (type, expected) => {
  const client = await context.newClient(type);
  const { refresh_token } = await context.tokensFor(client, ["openid", "offline_access"]);
  const fields = { grant_type: "refresh_token", refresh_token, ...client };
  const { body } = await context.post("/v1/oauth2/token", fields);
  expect(body.access_token).toEqual(expect.any(String));
  expect("refresh_token" in body).toBe(expected);
});

test("an exchanged access token names the Member, and is a factor of the session", async () => {
  const client = await context.newClient("first_party", { full_access_allowed: true });
  const { session_token } = await context.emulator.mintSession({ memberId: context.member.member_id });
  const code = await context.codeFor(client, { scopes: ["openid", "full_access"], session_token });
  const { body } = await context.exchange(client, code);
  const answer = await context.stytch.sessions.exchangeAccessToken({ access_token: String(body.access_token) });
  expect(answer.member_id).toBe(context.member.member_id);
  expect(answer.member_session?.authentication_factors).toMatchObject([
    { delivery_method: "email" },
    {
      delivery_method: "oauth_access_token_exchange",
      oauth_access_token_exchange_factor: { client_id: client.client_id },
    },
  ]);
});

test("discovery lists the project's custom scopes", async () => {
  const response = await fetch(`${context.emulator.url}/.well-known/openid-configuration`);
  const { scopes_supported } = (await response.json()) as { scopes_supported: string[] };
  expect(scopes_supported).toEqual([
    ...["openid", "profile", "email", "phone", "offline_access"],
    ...["read:ledger", "write:ledger", "delete:ledger", "read:invoices", "send:invoices"],
  ]);
});

test.each(["/start", ""])("authorize%s needs a response_type", async (path) => {
  const { client_id } = await context.newClient("third_party");
  const request = { client_id, ...context.member, redirect_uri: CALLBACK, scopes: ["openid"], consent_granted: true };
  const { status, body } = await sendJson(`/v1/b2b/idp/oauth/authorize${path}`, request);
  expect([status, body.error_type]).toEqual([400, "bad_request"]);
  expect(body.error_message).toContain("response_type");
});

test.each(["introspect", "revoke"])("%s takes forms only; the token endpoint takes JSON as well", async (endpoint) => {
  const client = await context.newClient("third_party");
  const { access_token: token } = await context.tokensFor(client, ["openid"]);
  for (const family of ["/v1", `/v1/public/${context.emulator.projectId}`]) {
    const asJson = await fetch(`${context.emulator.url}${family}/oauth2/${endpoint}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token, ...client }),
    });
    expect(summary(await answerOf(asJson))).toBe("400 invalid_request bad_request");
  }
  const active = await context.post("/v1/oauth2/introspect", { token, ...client });
  expect(active.body.active).toBe(true);
  expect(summary(await context.post(`/v1/oauth2/${endpoint}`, { token, ...client }))).toBe("ok");
});

test("the id of an access token is 44 characters of URL-safe base64", async () => {
  const { access_token } = await context.tokensFor(await context.newClient("third_party"), ["openid"]);
  expect(decodeJwt(access_token).jti).toMatch(/^[\w-]{44}$/);
});

test("revoking a refresh token ends the whole chain, later access tokens included", async () => {
  const client = await context.newClient("third_party");
  const { refresh_token } = await context.tokensFor(client, ["openid", "offline_access"]);
  const { body } = await context.post("/v1/oauth2/token", { grant_type: "refresh_token", refresh_token, ...client });
  await context.post("/v1/oauth2/revoke", { token: refresh_token, ...client });
  const later = await context.post("/v1/oauth2/introspect", { token: String(body.access_token), ...client });
  expect(later.body.active).toBe(false);
});
