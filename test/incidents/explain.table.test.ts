import { ExplainAuthorizationDocument, type ExplainAuthorizationInput } from "../generated/graphql";
import { authorizePath, type Browser, type ConsentTests, signedIn, startConsentTests } from "../oauth/setup";

const CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const PKCE = { code_challenge: CHALLENGE, code_challenge_method: "S256" };
const INVOICE_SYNC = "https://app.invoice-sync.example/connect/callback";

type Query = Record<string, string>;
/** What is wrong, as `parameter: some words of the message`. */
type Diagnosis = string[];

interface Row {
  title: string;
  /** Of a sound request of Invoice Sync, a confidential third-party app; empty values are left out. */
  change?: Query;
  app?: string;
  /** Instead of the query made of the above. */
  url?: (sound: Query) => string;
  /** Before it: the Organization's policy, or the Member's roles. */
  given?: (tests: ConsentTests) => void;
  outcome: string;
  problems: Diagnosis;
}

let tests: ConsentTests;
let apps: ReadonlyMap<string, string>;
beforeAll(async () => {
  tests = await startConsentTests();
  apps = new Map([...tests.emulator.state.clients.values()].map((app) => [app.client_name, app.client_id]));
});
beforeEach(() => {
  const { grants } = tests.emulator.state;
  for (const { client_id } of [...grants.ofMember(tests.bookkeeper)]) grants.forget(tests.bookkeeper, client_id);
  tests.setRoles(["bookkeeper"]);
  tests.setPolicy("ALL_ALLOWED");
});
afterAll(() => tests.stop());

const sound = ({ app = "Invoice Sync", change = {} }: Row): Query => {
  const query: Query = {
    response_type: "code",
    client_id: apps.get(app) ?? "",
    redirect_uri: INVOICE_SYNC,
    scope: "openid read:invoices",
    state: "xyz",
    ...change,
  };
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ""));
};

const redirect = (title: string, redirect_uri: string, ...words: string[]): Row => ({
  title,
  change: { redirect_uri },
  outcome: "ERROR_PAGE",
  problems: words.map((word) => `redirect_uri: ${word}`),
});

const TABLE: Row[] = [
  { title: "a sound request", outcome: "CONSENT", problems: [] },
  {
    title: "a sound request of a first-party app",
    app: "Meridian Console",
    change: { redirect_uri: "https://console.meridian.example/oauth/callback" },
    outcome: "NO_CONSENT_NEEDED",
    problems: [],
  },
  {
    title: "a first-party app that asks for consent",
    app: "Meridian Console",
    change: { redirect_uri: "https://console.meridian.example/oauth/callback", prompt: "consent" },
    outcome: "CONSENT",
    problems: [],
  },
  {
    title: "a public app with PKCE on any loopback port",
    app: "Desk Notes",
    change: { redirect_uri: "http://127.0.0.1:49152/callback", ...PKCE },
    outcome: "CONSENT",
    problems: [],
  },

  redirect("a trailing slash", `${INVOICE_SYNC}/`, "a trailing slash"),
  redirect("http", INVOICE_SYNC.replace("https", "http"), "the scheme is http instead of https"),
  redirect(
    "another host",
    "https://invoice-sync.example/connect/callback",
    "the host is invoice-sync.example instead of app.invoice-sync.example",
  ),
  redirect("a port", "https://app.invoice-sync.example:8443/connect/callback", "the port is 8443 instead of none"),
  redirect(
    "another path",
    "https://app.invoice-sync.example/callback",
    "the path is /callback instead of /connect/callback",
  ),
  redirect(
    "upper case in the path",
    "https://app.invoice-sync.example/Connect/Callback",
    "upper and lower case in the path",
  ),
  redirect("upper case in the host", "https://App.Invoice-Sync.example/connect/callback", "upper and lower case"),
  redirect("a query", `${INVOICE_SYNC}?tenant=7`, "a query that the registered one does not have: ?tenant=7"),
  redirect("the default port", "https://app.invoice-sync.example:443/connect/callback", "written differently"),
  redirect(
    "two differences",
    "http://app.invoice-sync.example/connect/callback/",
    "the scheme is http instead of https; a trailing slash",
  ),
  redirect("a user name", "https://me@app.invoice-sync.example/connect/callback", "a user name or password"),
  redirect("a fragment", `${INVOICE_SYNC}#done`, "which redirect URIs cannot have", "absolute URI without a fragment"),
  redirect("encoded twice", encodeURIComponent(INVOICE_SYNC), "percent-encoded twice", "absolute URI"),
  redirect("a path alone", "/connect/callback", "no absolute URI", "absolute URI"),
  redirect("none", "", "is missing"),
  {
    title: "a loopback address on another path",
    app: "Desk Notes",
    change: { redirect_uri: "http://127.0.0.1:5000/cb", ...PKCE },
    outcome: "ERROR_PAGE",
    problems: ["redirect_uri: the path is /cb instead of /callback"],
  },
  {
    title: "localhost for 127.0.0.1",
    app: "Tally Reports",
    change: { redirect_uri: "http://localhost:8976/callback", ...PKCE },
    outcome: "ERROR_PAGE",
    problems: ["redirect_uri: the host is localhost instead of 127.0.0.1"],
  },

  {
    title: "an unknown app",
    change: { client_id: "connected-app-test-00000000-0000-4000-8000-000000000000" },
    outcome: "ERROR_PAGE",
    problems: ["client_id: There is no such Connected App"],
  },
  {
    title: "a placeholder for the app",
    change: { client_id: "<CLIENT_ID>" },
    outcome: "ERROR_PAGE",
    problems: ["client_id: This is a placeholder"],
  },
  { title: "no app", change: { client_id: "" }, outcome: "ERROR_PAGE", problems: ["client_id: is missing"] },

  {
    title: "a public app without PKCE",
    app: "Desk Notes",
    change: { redirect_uri: "http://127.0.0.1:5000/callback" },
    outcome: "ERROR_REDIRECT",
    problems: ["code_challenge: public client"],
  },
  {
    title: "plain PKCE",
    change: { ...PKCE, code_challenge_method: "plain" },
    outcome: "ERROR_REDIRECT",
    problems: ["code_challenge_method: must be S256"],
  },
  {
    title: "a method in lower case",
    change: { ...PKCE, code_challenge_method: "s256" },
    outcome: "ERROR_REDIRECT",
    problems: ["code_challenge_method: must be S256"],
  },
  {
    title: "a challenge without a method",
    change: { code_challenge: CHALLENGE },
    outcome: "ERROR_REDIRECT",
    problems: ["code_challenge_method: go together"],
  },
  {
    title: "a method without a challenge",
    change: { code_challenge_method: "S256" },
    outcome: "ERROR_REDIRECT",
    problems: ["code_challenge_method: go together"],
  },
  {
    title: "a short challenge",
    change: { ...PKCE, code_challenge: "abc" },
    outcome: "ERROR_REDIRECT",
    problems: ["code_challenge: 43 to 128 characters"],
  },
  {
    title: "a challenge in base64",
    change: { ...PKCE, code_challenge: `${CHALLENGE.slice(0, 41)}/+=` },
    outcome: "ERROR_REDIRECT",
    problems: ["code_challenge: base64url"],
  },

  {
    title: "the implicit flow",
    change: { response_type: "token" },
    outcome: "ERROR_REDIRECT",
    problems: ["response_type: must be code"],
  },
  {
    title: "the hybrid flow",
    change: { response_type: "code id_token" },
    outcome: "ERROR_REDIRECT",
    problems: ["response_type: must be code"],
  },
  {
    title: "prompt=none",
    change: { prompt: "none" },
    outcome: "ERROR_REDIRECT",
    problems: ["prompt: must be consent"],
  },
  {
    title: "prompt=login",
    change: { prompt: "login" },
    outcome: "ERROR_REDIRECT",
    problems: ["prompt: must be consent"],
  },
  {
    title: "a resource with a fragment",
    change: { resource: "https://api.example/#a" },
    outcome: "ERROR_REDIRECT",
    problems: ["resource: without a fragment"],
  },

  {
    title: "a scope that does not exist",
    change: { scope: "openid read:everything" },
    outcome: "ERROR_REDIRECT",
    problems: ["scope: There is no scope read:everything"],
  },
  {
    title: "a scope the wrong way round",
    change: { scope: "openid ledger:read" },
    outcome: "ERROR_REDIRECT",
    problems: ["scope: Did you mean read:ledger"],
  },
  {
    title: "scopes with commas",
    change: { scope: "openid,read:ledger" },
    outcome: "ERROR_REDIRECT",
    problems: ["scope: separated by spaces"],
  },
  {
    title: "a scope with a quote",
    change: { scope: 'openid "read' },
    outcome: "ERROR_REDIRECT",
    problems: ["scope: a character", 'scope: There is no scope "read'],
  },
  {
    title: "a scope beyond the Member's roles",
    change: { scope: "openid delete:ledger" },
    outcome: "CONSENT",
    problems: ["scope: Nobody with this Member's roles can grant delete:ledger"],
  },
  {
    title: "scopes that this Member cannot give any of",
    change: { scope: "read:ledger send:invoices" },
    given: ({ setRoles }) => setRoles([]),
    outcome: "CONSENT",
    problems: ["scope: read:ledger", "scope: send:invoices"],
  },
  {
    title: "none that can be given to an app that does not ask",
    app: "Meridian Console",
    change: { redirect_uri: "https://console.meridian.example/oauth/callback", scope: "read:ledger" },
    given: ({ setRoles }) => setRoles([]),
    outcome: "ERROR_REDIRECT",
    problems: ["scope: read:ledger", "scope: None of the scopes can be granted"],
  },
  {
    title: "full access for a third party",
    change: { scope: "openid full_access" },
    outcome: "CONSENT",
    problems: ["scope: not allowed full access"],
  },
  {
    title: "only spaces for scopes",
    change: { scope: "   " },
    outcome: "ERROR_REDIRECT",
    problems: ["scope: scope is empty"],
  },

  {
    title: "an app that the Organization's policy forbids",
    given: ({ setPolicy }) => setPolicy("NOT_ALLOWED"),
    outcome: "ERROR_REDIRECT",
    problems: ["client_id: The policy of this Organization does not allow it"],
  },

  {
    title: "a client twice",
    url: (query) => `${authorizePath(query)}&client_id=${query.client_id}`,
    outcome: "ERROR_PAGE",
    problems: ["client_id: must not be repeated"],
  },
  {
    title: "a redirect URI twice",
    url: (query) => `${authorizePath(query)}&redirect_uri=https%3A%2F%2Fevil.example`,
    outcome: "ERROR_PAGE",
    problems: ["redirect_uri: must not be repeated"],
  },
  {
    title: "state twice",
    url: (query) => `${authorizePath(query)}&state=abc`,
    outcome: "ERROR_REDIRECT",
    problems: ["state: must not be repeated"],
  },
  {
    title: "a state beyond measure",
    change: { state: "x".repeat(5000) },
    outcome: "ERROR_REDIRECT",
    problems: ["state: at most 4096 characters"],
  },
  {
    title: "a URL beyond measure",
    change: { state: "x".repeat(17_000) },
    outcome: "ERROR_PAGE",
    problems: [": longer than servers read"],
  },
  {
    title: "parameters that do not exist",
    change: { redirect_url: INVOICE_SYNC, tenant: "7" },
    outcome: "CONSENT",
    problems: ["redirect_url: Did you mean redirect_uri", "tenant: ignored"],
  },
  {
    title: "a secret",
    change: { client_secret: "s3cret" },
    outcome: "CONSENT",
    problems: ["client_secret: Rotate it"],
  },
  {
    title: "OpenID parameters that are not heeded",
    change: { login_hint: "ada@northwind.example", response_mode: "query" },
    outcome: "CONSENT",
    problems: ["login_hint: not supported", "response_mode: not supported"],
  },
  {
    title: "a URL out of HTML",
    url: (query) => authorizePath(query).replaceAll("&", "&amp;"),
    outcome: "ERROR_PAGE",
    problems: [
      "amp;client_id: HTML",
      "amp;redirect_uri: HTML",
      "amp;scope: HTML",
      "amp;state: HTML",
      "client_id: is missing",
      "redirect_uri: is missing",
    ],
  },
  {
    title: "everything behind #",
    url: (query) => authorizePath(query).replace("?", "#"),
    outcome: "ERROR_PAGE",
    problems: [": What follows #", "client_id: is missing", "redirect_uri: is missing"],
  },

  {
    title: "a path with a slash too many",
    url: (query) => authorizePath(query).replace("authorize", "authorize/"),
    outcome: "ERROR_PAGE",
    problems: [": The consent page is at /oauth/authorize"],
  },
  {
    title: "a path in upper case",
    url: (query) => authorizePath(query).replace("/oauth/authorize", "/OAuth/Authorize"),
    outcome: "ERROR_PAGE",
    problems: [": The consent page is at /oauth/authorize"],
  },
  {
    title: "another endpoint's path",
    url: (query) => authorizePath(query).replace("/oauth/authorize", "/v1/oauth2/authorize"),
    outcome: "ERROR_PAGE",
    problems: [": The consent page is at /oauth/authorize"],
  },

  {
    title: "three problems at once",
    app: "Desk Notes",
    change: { redirect_uri: "http://127.0.0.1/callback/", scope: "openid ledger:read delete:ledger" },
    outcome: "ERROR_PAGE",
    problems: [
      "redirect_uri: a trailing slash",
      "code_challenge: public client",
      "scope: Did you mean read:ledger",
      "scope: grant delete:ledger",
    ],
  },
  {
    title: "policy and PKCE and an unread challenge",
    change: { code_challenge_method: "plain", response_type: "token" },
    given: ({ setPolicy }) => setPolicy("NOT_ALLOWED"),
    outcome: "ERROR_REDIRECT",
    problems: ["response_type: must be code", "code_challenge_method: must be S256", "client_id: The policy"],
  },
];

async function explain(input: ExplainAuthorizationInput) {
  const client = await tests.asService(["read:marketplace"]);
  const { explainAuthorization } = await client.request(ExplainAuthorizationDocument, { input });
  if (!explainAuthorization) throw new Error("no explanation");
  return explainAuthorization;
}

/** What a browser with this Member's session really gets. */
async function tryForReal(browser: Browser, address: string): Promise<string> {
  const { pathname, search } = new URL(address, browser.origin);
  const response = await browser.get(pathname + search);
  if (response.status === 200) return "CONSENT";
  if (response.status !== 303) return "ERROR_PAGE";
  const answer = new URL(response.headers.get("location") ?? "").searchParams;
  return answer.has("error") ? "ERROR_REDIRECT" : answer.has("code") ? "NO_CONSENT_NEEDED" : "somewhere else";
}

test("the table is long enough", () => {
  expect(TABLE.filter(({ problems }) => problems.length > 0).length).toBeGreaterThanOrEqual(40);
});

test.each(TABLE)("$title: $outcome", async (row) => {
  row.given?.(tests);
  const query = sound(row);
  const path = row.url?.(query) ?? authorizePath(query);
  const grants = () => JSON.stringify([...tests.emulator.state.grants.ofMember(tests.bookkeeper)]);
  const before = grants();
  const explanation = await explain({ url: `${tests.url}${path}`, memberId: tests.bookkeeper });
  expect(grants()).toBe(before);
  const found = explanation.problems.map(({ parameter, message }) => `${parameter ?? ""}: ${message}`);
  const [missing, rest] = [row.problems.slice(), found.slice()];
  for (const wanted of row.problems) {
    const [parameter = "", words = ""] = wanted.split(/: (.*)/s);
    const index = rest.findIndex((line) => line.startsWith(`${parameter}: `) && line.includes(words));
    if (index < 0) continue;
    rest.splice(index, 1);
    missing.splice(missing.indexOf(wanted), 1);
  }
  expect({ missing, beyond: rest }).toEqual({ missing: [], beyond: [] });
  expect(explanation.outcome).toBe(row.outcome);
  expect(await tryForReal(await signedIn(tests, tests.bookkeeper), path)).toBe(row.outcome);
});
