import { StartAuthorizationDocument } from "../generated/graphql";
import {
  AUTHORIZE,
  authorizePath,
  type Browser,
  CHALLENGE,
  type ConsentTests,
  heading,
  inputOf,
  type Query,
  START,
  signedIn,
  startConsentTests,
} from "./setup";

let tests: ConsentTests;
let browser: Browser;
let good: Record<string, string>;
const REDIRECT = "https://app.example/cb";

beforeAll(async () => {
  tests = await startConsentTests();
  browser = await signedIn(tests, tests.bookkeeper);
  const { id } = await tests.newClient("THIRD_PARTY", { redirectUrls: [REDIRECT] });
  good = { client_id: id, redirect_uri: REDIRECT, scope: "openid", state: "s" };
});
afterAll(() => tests.stop());
beforeEach(() => void tests.calls());

const LONG = "x".repeat(4097);
const with_ = (change: Record<string, string>) => (): Query => ({ ...good, ...change });
const repeated = (name: string) => (): Query => [
  ...Object.entries(good),
  [name, good[name] ?? "S256"],
  [name, "other"],
];
const without = (name: string) => (): Query => Object.entries(good).filter(([key]) => key !== name);

/** Errors that the client is told, after one call that verified where it lives. */
const told: [string, () => Query, error: string][] = [
  ["another response type", with_({ response_type: "token" }), "unsupported_response_type"],
  ["a plain challenge", with_({ code_challenge: CHALLENGE, code_challenge_method: "plain" }), "invalid_request"],
  ["a challenge without a method", with_({ code_challenge: CHALLENGE }), "invalid_request"],
  ["a method without a challenge", with_({ code_challenge_method: "S256" }), "invalid_request"],
  ["a short challenge", with_({ code_challenge: "abc", code_challenge_method: "S256" }), "invalid_request"],
  ["prompt=none", with_({ prompt: "none" }), "invalid_request"],
  ["prompt=consent login", with_({ prompt: "consent login" }), "invalid_request"],
  ["a scope of spaces", with_({ scope: "  " }), "invalid_scope"],
  ["a quote in a scope", with_({ scope: 'open"id' }), "invalid_scope"],
  ["an unknown scope", with_({ scope: "constructor" }), "invalid_scope"],
  ["a relative resource", with_({ resource: "/api" }), "invalid_request"],
  ["a resource with a fragment", with_({ resource: "https://api.example/#x" }), "invalid_request"],
  ["an oversized nonce", with_({ nonce: LONG }), "invalid_request"],
  ["an oversized scope", with_({ scope: LONG }), "invalid_request"],
  ["a repeated scope", repeated("scope"), "invalid_request"],
  ["a repeated nonce", repeated("nonce"), "invalid_request"],
  ["a repeated prompt", repeated("prompt"), "invalid_request"],
  ["a repeated response type", repeated("response_type"), "invalid_request"],
  ["a repeated challenge method", repeated("code_challenge_method"), "invalid_request"],
];

test.each(told)("%s goes to the client", async (_name, query, error) => {
  const response = await browser.get(authorizePath(query()));
  expect(response.status).toBe(303);
  const location = new URL(response.headers.get("location") ?? "");
  expect(location.origin + location.pathname).toBe(REDIRECT);
  expect(Object.fromEntries(location.searchParams)).toEqual({
    error,
    error_description: expect.any(String),
    state: "s",
  });
  expect(tests.calls()).toEqual([START]);
});

test("a repeated state says nothing, so none is echoed", async () => {
  const response = await browser.get(authorizePath(repeated("state")()));
  const location = new URL(response.headers.get("location") ?? "");
  expect([...location.searchParams.keys()]).toEqual(["error", "error_description"]);
});

/** Where the client itself is in doubt, nobody is sent anywhere. */
const shown: [string, () => Query][] = [
  ["no client", without("client_id")],
  ["no redirect URI", without("redirect_uri")],
  ["an empty client", with_({ client_id: "" })],
  ["an unknown client", with_({ client_id: "connected-app-test-none" })],
  ["two clients", repeated("client_id")],
  ["two redirect URIs", repeated("redirect_uri")],
  ["an oversized redirect URI", with_({ redirect_uri: `${REDIRECT}?x=${LONG}` })],
  ...[
    `${REDIRECT}/`,
    `${REDIRECT}?x=1`,
    `${REDIRECT}#x`,
    `${REDIRECT}/../cb`,
    "http://app.example/cb",
    "https://app.example:8443/cb",
    "https://app.example/CB",
    "https://APP.example.evil/cb",
    "https://app.example@evil.example/cb",
    "https://app.example.evil.example/cb",
    "https://evil.example/?https://app.example/cb",
    "//app.example/cb",
    "/cb",
    "javascript:alert(1)",
    "https://app.example/cb\r\nSet-Cookie: a=b",
    "https://app.example/cb é",
  ].map((uri): [string, () => Query] => [`the redirect URI ${JSON.stringify(uri)}`, with_({ redirect_uri: uri })]),
];

test.each(shown)("%s is shown on a page", async (_name, query) => {
  for (const extra of [[], [["response_type", "token"]], [["code_challenge", CHALLENGE]]] as [string, string][][]) {
    const given = query();
    const pairs = Array.isArray(given) ? given : Object.entries(given);
    const response = await browser.get(authorizePath([...pairs, ...extra]));
    expect([response.status, response.headers.get("location")]).toEqual([400, null]);
    const page = await response.text();
    expect(heading(page)).toBe("This link does not work");
    expect(page).toContain('href="/account/apps"');
    // What was sent twice is not missing.
    if (page.includes("must not be repeated")) expect(page).not.toContain("is missing");
  }
  expect(tests.calls()).not.toContain(AUTHORIZE);
});

test("the page says what differs, escaped", async () => {
  const redirect_uri = "https://app.example/cb?<script>alert(1)</script>";
  const markup = await (await browser.get(authorizePath({ ...good, redirect_uri }))).text();
  expect(markup).toContain("not registered for this app");
  expect(markup).not.toContain("<script");
  const encoded = await browser.get(authorizePath({ ...good, redirect_uri: "https://other.example/cb" }));
  expect(await encoded.text()).toContain("<code>https://other.example/cb</code>");
});

test.each([
  ["https://app.example/cb/", "a trailing slash that the registered one does not have"],
  ["http://app.example/cb", "the scheme is http instead of https"],
  ["https://app.example/CB", "upper and lower case in the path"],
  ["https://app.example:8443/cb", "it has another port"],
  ["https://app.example/other", "it has another path"],
  [
    "http://app.example/cb/?more",
    "the scheme is http instead of https; a trailing slash that the registered one does not have; a query that the registered one does not have",
  ],
  ["https://other.example/cb/", "it has another host"],
])("the page says how %s differs, and names nothing that is registered", async (redirect_uri, hint) => {
  for (const extra of [{}, { response_type: "token" }]) {
    const page = await browser.get(authorizePath({ ...good, ...extra, redirect_uri }));
    const markup = await page.text();
    expect(page.status).toBe(400);
    expect(markup).toContain(`exactly. It differs from the nearest registered one: ${hint}.</p>`);
    expect(markup.replaceAll(redirect_uri, "")).not.toContain("app.example");
  }
});

test("without the app's record the page says what it can", async () => {
  const route = "GET /v1/connected_apps/clients/:client_id";
  tests.emulator.faults.inject({
    route,
    fault: { kind: "status", status: 401, errorType: "unauthorized_credentials" },
  });
  const page = await browser.get(authorizePath({ ...good, redirect_uri: `${REDIRECT}/` }));
  expect(page.status).toBe(400);
  expect(await page.text()).toMatch(/must match a registered one exactly\.<\/p>/);
  expect(tests.emulator.faults.list()).toEqual([]);
});

test.each([
  ["&a=b"],
  ["a+b c"],
  ["100%"],
  ["%2B%26"],
  ["é 漢 🦊"],
  ["'\"<>"],
  ["y".repeat(2048)],
  [LONG],
  ["\r\nX: y"],
])("state %j is echoed as it was", async (state) => {
  const refused = await browser.get(authorizePath({ ...good, state, response_type: "token" }));
  expect(new URL(refused.headers.get("location") ?? "").searchParams.getAll("state")).toEqual([state]);
});

test("defaults: response type code, scopes openid email profile", async () => {
  await browser.get(authorizePath(without("scope")()));
  expect(tests.emulator.requests(START)[0]?.body).toMatchObject({
    response_type: "code",
    scopes: ["openid", "email", "profile"],
  });
});

test.each([
  [{ response_type: "token" }, "responseType"],
  [{ code_challenge: CHALLENGE }, "codeChallengeMethod"],
  [{ code_challenge: CHALLENGE, code_challenge_method: "plain" }, "codeChallengeMethod"],
  [{ prompt: "none" }, "prompt"],
  [{ state: LONG }, "state"],
  [{ nonce: LONG }, "nonce"],
  [{ resource: "/api" }, "resources"],
  [{ client_id: "" }, "clientId"],
  [{ redirect_uri: "/cb" }, "redirectUri"],
])("the mutation names the field: %j", async (change: Record<string, string>, field) => {
  const client = await tests.as(tests.bookkeeper);
  const { startAuthorization } = await client.request(StartAuthorizationDocument, {
    input: inputOf({ ...good, ...change }),
  });
  expect(startAuthorization?.authorizationRequest).toBeNull();
  expect(startAuthorization?.userErrors.map((error) => [error.code, error.field?.[0]])).toEqual([["INVALID", field]]);
  expect(tests.calls()).toEqual([]);
});
