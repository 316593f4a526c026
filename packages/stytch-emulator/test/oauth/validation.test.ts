import { basic } from "../sdk";
import { answerOf, CHALLENGE, type OAuthContext, startOAuth } from "./setup";

let context: OAuthContext;
let valid: Record<string, unknown>;
beforeAll(async () => {
  context = await startOAuth();
  const { client_id } = await context.newClient("third_party_public", { redirect_urls: ["http://127.0.0.1/callback"] });
  valid = {
    client_id,
    redirect_uri: "http://127.0.0.1:8123/callback",
    response_type: "code",
    scopes: ["openid", "read:ledger"],
    code_challenge: CHALLENGE,
    consent_granted: true,
    ...context.member,
  };
});
afterAll(() => context.emulator.stop());

const PATH = "/v1/b2b/idp/oauth/authorize";
const NOBODY = { organization_id: undefined, member_id: undefined, session_token: undefined, session_jwt: undefined };

interface Check {
  name: string;
  breakIt(): Promise<Record<string, unknown>> | Record<string, unknown>;
  error: string;
  /** Not checked by authorize/start. */
  authorizeOnly?: boolean;
}

/** In the order in which the emulator checks them. */
const CHECKS: Check[] = [
  { name: "JSON shape", breakIt: () => ({ scopes: "openid" }), error: "400 bad_request" },
  { name: "required field", breakIt: () => ({ redirect_uri: undefined }), error: "400 bad_request" },
  { name: "client", breakIt: () => ({ client_id: "connected-app-test-none" }), error: "404 connected_app_not_found" },
  {
    name: "client without redirect URLs",
    breakIt: async () => ({ client_id: (await context.newClient("third_party", { redirect_urls: [] })).client_id }),
    error: "400 connected_app_misconfigured_client",
  },
  {
    name: "redirect URL",
    breakIt: () => ({ redirect_uri: "http://127.0.0.1:8123/other" }),
    error: "401 connected_app_supplied_redirect_url_not_found_in_client",
  },
  { name: "response_type", breakIt: () => ({ response_type: "token" }), error: "400 invalid_argument" },
  { name: "no identity", breakIt: () => NOBODY, error: "400 no_oauth_authorize_member_selector" },
  {
    name: "half an identity",
    breakIt: () => ({ ...NOBODY, organization_id: "northwind" }),
    error: "400 no_oauth_authorize_member_selector",
  },
  {
    name: "two identities",
    breakIt: () => ({ ...context.member, session_token: "any" }),
    error: "400 too_many_session_arguments",
  },
  {
    name: "two session forms",
    breakIt: () => ({ ...NOBODY, session_token: "any", session_jwt: "any" }),
    error: "400 too_many_session_arguments",
  },
  { name: "session", breakIt: () => ({ ...NOBODY, session_token: "any" }), error: "404 session_not_found" },
  { name: "session JWT", breakIt: () => ({ ...NOBODY, session_jwt: "any" }), error: "400 unable_to_parse_session_jwt" },
  {
    name: "Organization",
    breakIt: () => ({ ...NOBODY, ...context.member, organization_id: "nowhere" }),
    error: "404 organization_not_found",
  },
  {
    name: "Member",
    breakIt: () => ({ ...NOBODY, ...context.member, organization_id: "bluefin" }),
    error: "404 member_not_found",
  },
  {
    name: "Organization policy",
    breakIt: () => {
      const { organization_id } = context.emulator.state.requireOrganization("bluefin");
      const [member] = context.emulator.state.members.ofOrganization(organization_id);
      return { organization_id, member_id: member?.member_id };
    },
    error: "400 connected_app_not_allowed_for_org",
  },
  { name: "no scopes", breakIt: () => ({ scopes: [] }), error: "400 oauth_invalid_scope_requested" },
  {
    name: "unknown scope",
    breakIt: () => ({ scopes: ["openid", "fly"] }),
    error: "400 oauth_invalid_scope_requested",
  },
  { name: "prompt", breakIt: () => ({ prompt: "login" }), error: "400 invalid_argument" },
  {
    name: "prompt none among others",
    breakIt: () => ({ prompt: "none consent" }),
    error: "400 oidc_prompt_none_must_be_exclusive",
  },
  {
    name: "PKCE for public clients",
    breakIt: () => ({ code_challenge: undefined }),
    error: "400 pkce_required_for_idp_authorization_flow",
    authorizeOnly: true,
  },
  {
    name: "challenge",
    breakIt: () => ({ code_challenge: "short" }),
    error: "400 invalid_pkce_code_challenge",
    authorizeOnly: true,
  },
];

async function send(path: string, body: object, authorization = basic(context.emulator)): Promise<string> {
  const headers = { authorization, "content-type": "application/json" };
  const response = await fetch(context.emulator.url + path, { method: "POST", headers, body: JSON.stringify(body) });
  const answer = await answerOf(response);
  return answer.status < 400 ? "ok" : `${answer.status} ${answer.body.error_type}`;
}

test("a valid request passes both calls", async () => {
  expect(await send(`${PATH}/start`, valid)).toBe("ok");
  expect(await send(PATH, valid)).toBe("ok");
});

test("wrong project credentials are reported before anything else", async () => {
  expect(await send(PATH, {}, "Basic Og==")).toBe("401 unauthorized_credentials");
});

// Each request breaks its own check and all that come after it, so that the answer tells which one ran first.
test.each(CHECKS.map((check, index) => [check.name, index] as const))("%s is checked in its turn", async (_, index) => {
  let body = valid;
  for (const check of CHECKS.slice(index).reverse()) body = { ...body, ...(await check.breakIt()) };
  const { error, authorizeOnly } = CHECKS[index] ?? { error: "" };
  expect(await send(PATH, body)).toBe(error);
  expect(await send(`${PATH}/start`, body)).toBe(authorizeOnly ? "ok" : error);
});

test.each([
  ["the exact URL", "https://app.example/cb?tenant=7", true],
  ["another query", "https://app.example/cb", false],
  ["a trailing slash", "https://app.example/cb/?tenant=7", false],
  ["another case", "https://app.example/CB?tenant=7", false],
  ["a default port", "https://app.example:443/cb?tenant=7", false],
  ["http", "http://app.example/cb?tenant=7", false],
  ["a loopback URL with any port", "http://127.0.0.1:50000/callback", true],
  ["a loopback URL under another name", "http://localhost:50000/callback", false],
  ["a loopback URL with userinfo for a port", "http://127.0.0.1:1@evil.example/callback", false],
])("%s: %s is accepted: %s", async (_, redirect_uri, isAccepted) => {
  const { client_id } = await context.newClient("third_party_public", {
    redirect_urls: ["https://app.example/cb?tenant=7", "http://127.0.0.1/callback"],
  });
  const error = "401 connected_app_supplied_redirect_url_not_found_in_client";
  expect(await send(PATH, { ...valid, client_id, redirect_uri })).toBe(isAccepted ? "ok" : error);
});
