import { request as send } from "node:http";
import {
  AUTHORIZE,
  authorizePath,
  Browser,
  CALLBACK,
  type ConsentTests,
  heading,
  openForm,
  pairsOf,
  readForm,
  signedIn,
  startConsentTests,
} from "./setup";

let tests: ConsentTests;
let browser: Browser;
let query: Record<string, string>;
beforeAll(async () => {
  tests = await startConsentTests();
});
afterAll(() => tests.stop());
beforeEach(async () => {
  browser = await signedIn(tests, tests.bookkeeper);
  const { id } = await tests.newClient("THIRD_PARTY");
  query = { client_id: id, redirect_uri: CALLBACK, scope: "openid read:ledger", state: "secret-state" };
  tests.calls();
});

const unescaped = (markup: string) => markup.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));

const expectNoDecision = (response: Response, status: number) => {
  expect([response.status, response.headers.get("location")]).toEqual([status, null]);
  expect(tests.calls()).not.toContain(AUTHORIZE);
};

const answerAuthorize = (answer: object) =>
  tests.emulator.faults.inject({
    route: AUTHORIZE,
    fault: { kind: "body", body: JSON.stringify({ status_code: 200, request_id: "r", ...answer }) },
  });

test("names from outside are shown as text, without invisible characters", async () => {
  const { state } = tests.emulator;
  const client = state.clients.get(query.client_id ?? "");
  if (!client) throw new Error("no client");
  const client_name = `<img src=x onerror=alert(1)>"'\u202Egpj.exe\u2066\u0000`;
  state.clients.set(client.client_id, { ...client, client_name, client_description: "</style><script>1</script>" });
  const markup = await (await browser.get(authorizePath(query))).text();
  expect(markup).not.toMatch(/<img|<script|<\/style><|[\u202E\u2066\0]/);
  expect(markup).toContain("<bdi>&#60;img src&#61;x onerror&#61;alert(1)&#62;");
});

test("nothing of the request but its id and its scopes is in the form", async () => {
  const markup = await (await browser.get(authorizePath(query))).text();
  const form = /<form[\s\S]*<\/form>/.exec(markup)?.[0] ?? "";
  expect([...form.matchAll(/name="(\w+)"/g)].map((match) => match[1])).toEqual([
    "_csrf",
    "request_id",
    "scope",
    "scope",
    "decision",
    "decision",
  ]);
  expect(form).not.toMatch(/secret-state|app\.example|connected-app-/);
});

test("fields that were added to the form change nothing", async () => {
  const form = { ...(await openForm(browser, query)) };
  const added = {
    redirect_uri: "https://evil.example/",
    scopes: "write:ledger",
    state: "x",
    client_id: "y",
  };
  const location = new URL((await browser.submit({ ...form, ...added })).headers.get("location") ?? "");
  expect([location.origin, location.searchParams.get("state")]).toEqual(["https://app.example", "secret-state"]);
  const grant = tests.emulator.state.grants.get(tests.bookkeeper, query.client_id ?? "");
  expect(grant?.scopes).toEqual(["openid", "read:ledger"]);
});

test.each([
  ["one that was not shown", ["openid", "write:ledger"]],
  ["all in one field", ["openid read:ledger"]],
  ["one that cannot be given", ["openid", "delete:ledger"]],
])("scopes that were not shown grant nothing: %s", async (_name, scope) => {
  const form = await openForm(browser, { ...query, scope: "openid read:ledger delete:ledger" });
  expect(form.scope).toEqual(["openid", "read:ledger"]);
  const location = new URL((await browser.submit({ ...form, scope })).headers.get("location") ?? "");
  expect([location.searchParams.get("error"), location.searchParams.get("code")]).toEqual(["invalid_scope", null]);
  expect(tests.calls()).not.toContain(AUTHORIZE);
});

test("what is unticked is not granted; with nothing ticked there is no decision", async () => {
  const form = { ...(await openForm(browser, query)) };
  const empty = await browser.submit({ ...form, scope: [] });
  expectNoDecision(empty, 400);
  const page = await empty.text();
  expect(heading(page)).toBe("Nothing was selected");
  const [, again = ""] = /href="([^"]+)">Choose again</.exec(page) ?? [];
  expect(readForm(await (await browser.get(unescaped(again))).text()).scope).toEqual(form.scope);
  expect((await browser.submit({ ...form, scope: ["read:ledger"] })).headers.get("location")).toContain("code=");
  expect(tests.emulator.state.grants.get(tests.bookkeeper, query.client_id ?? "")?.scopes).toEqual(["read:ledger"]);
});

test.each([
  ["missing", () => ""],
  ["made up", () => "a-b"],
  ["of another session", async () => (await openForm(await signedIn(tests, tests.bookkeeper), query))._csrf],
])("an anti-forgery token that is %s is refused", async (_name, token) => {
  const form = { ...(await openForm(browser, query)) };
  const _csrf = await token();
  expectNoDecision(await browser.submit({ ...form, _csrf }), 403);
  const cookie = browser.cookies.get("consent-csrf") ?? "";
  browser.cookies.delete("consent-csrf");
  expectNoDecision(await browser.submit(form), 403);
  browser.cookies.set("consent-csrf", cookie);
  expect((await browser.submit(form)).status).toBe(303);
});

test("a cookie and token that an attacker planted do not fit the session", async () => {
  const attacker = await signedIn(tests, tests.emulator.seeded.people.adminId);
  const planted = await openForm(attacker, query);
  browser.cookies.set("consent-csrf", attacker.cookies.get("consent-csrf") ?? "");
  expectNoDecision(await browser.submit({ ...planted }), 403);
});

test.each([
  [{ origin: "https://evil.example" }],
  [{ "sec-fetch-site": "cross-site" }],
  [{ "sec-fetch-site": "same-site" }],
])("a form from another site is refused: %j", async (headers: Record<string, string>) => {
  const form = { ...(await openForm(browser, query)) };
  expectNoDecision(await browser.submit(form, headers), 403);
  expect((await browser.submit(form, { origin: tests.url, "sec-fetch-site": "same-origin" })).status).toBe(303);
});

test.each(["", "yes", "ALLOW", "allow ", "constructor"])("the decision %j decides nothing", async (decision) => {
  const form = { ...(await openForm(browser, query)) };
  expectNoDecision(await browser.submit({ ...form, decision }), 400);
  const both: [string, string][] = [...pairsOf(form), ["decision", "deny"]];
  expectNoDecision(await browser.submit(both), 400);
  const { decision: _, ...none } = form;
  expectNoDecision(await browser.submit(none), 400);
  expect((await browser.submit(form)).status).toBe(303);
});

test("without a session: login and back, encoded once, for the page; nothing for the form", async () => {
  const stranger = new Browser(tests.url);
  const path = authorizePath({ ...query, state: "a&b=c%26+é" });
  const response = await stranger.get(path);
  expect(response.status).toBe(303);
  const login = new URL(response.headers.get("location") ?? "");
  expect(login.origin + login.pathname).toBe(`${tests.emulator.url}/login`);
  expect([...login.searchParams]).toEqual([["return_to", path]]);
  const form = { ...(await openForm(browser, query)) };
  const signedOut = await stranger.submit(form);
  expect(signedOut.status).toBe(401);
  const page = unescaped(await signedOut.text());
  expect(page).toContain(`href="${tests.emulator.url}/login?return_to=%2Faccount%2Fapps">Sign in<`);
  expect(page).not.toContain("You are signed out.");
});

test("a session that was revoked signs in again, though its JWT has not expired", async () => {
  const { state } = tests.emulator;
  const { session_jwt, session_token } = await tests.emulator.mintSession({ memberId: tests.bookkeeper });
  browser.cookies.set("stytch_session_jwt", session_jwt);
  const session = state.sessions.findByToken(session_token);
  if (session) state.sessions.delete(session);
  const response = await browser.get(authorizePath(query));
  expect([response.status, response.headers.get("location")?.startsWith(`${tests.emulator.url}/login`)]).toEqual([
    303,
    true,
  ]);
});

test("prefetching and HEAD never grant, even where no consent is needed", async () => {
  const { id } = await tests.newClient("FIRST_PARTY");
  const path = authorizePath({ ...query, client_id: id });
  tests.calls();
  for (const headers of [
    { "sec-purpose": "prefetch" },
    { "sec-purpose": "prefetch;prerender" },
    { purpose: "prefetch" },
  ]) {
    expect((await browser.get(path, headers)).status).toBe(403);
  }
  const cookie = `stytch_session_jwt=${browser.cookies.get("stytch_session_jwt")}`;
  const status = await new Promise((resolve, reject) => {
    send(tests.url + path, { method: "HEAD", headers: { cookie } }, ({ statusCode }) => resolve(statusCode))
      .on("error", reject)
      .end();
  });
  expect(status).toBe(405);
  expect(tests.calls()).toEqual([]);
});

test("every answer forbids framing, storing, sniffing, referring and reading by other sites", async () => {
  const form = { ...(await openForm(browser, query)) };
  const origin = "https://studio.apollographql.com";
  const responses = [
    await browser.get(authorizePath(query), { origin }),
    await browser.get(authorizePath({ ...query, client_id: "none" }), { origin }),
    await browser.submit({ ...form, _csrf: "" }),
    await browser.submit(form),
    await browser.submit(form),
  ];
  expect(responses.map(({ status }) => status)).toEqual([200, 400, 403, 303, 400]);
  for (const { headers } of responses) {
    expect(headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'$/,
    );
    expect(headers.get("x-frame-options")).toBe("DENY");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("access-control-allow-origin")).toBeNull();
  }
});

test("an Authorization header is no credential here", async () => {
  const { session_jwt } = await tests.emulator.mintSession({ memberId: tests.bookkeeper });
  for (const authorization of [`Bearer ${session_jwt}`, "Basic eDp5"]) {
    const response = await new Browser(tests.url).get(authorizePath(query), { authorization });
    expect(response.headers.get("location")).toMatch(`${tests.emulator.url}/login`);
  }
});

test("other sites may still ask /graphql, if they are configured", async () => {
  const headers = { origin: "https://studio.apollographql.com", "access-control-request-method": "POST" };
  const allowed = (path: string) =>
    fetch(tests.url + path, { method: "OPTIONS", headers }).then((response) =>
      response.headers.get("access-control-allow-origin"),
    );
  expect(await allowed("/graphql")).toBe(headers.origin);
  expect(await allowed("/oauth/authorize/submit")).toBeNull();
});

test.each([
  ["https://evil.example/cb?tenant=7&code=stolen&state=secret-state"],
  ["http://app.example/cb?tenant=7&code=stolen&state=secret-state"],
  ["https://app.example/other?tenant=7&code=stolen&state=secret-state"],
  ["https://app.example/cb?code=stolen&state=secret-state"],
  ["https://app.example/cb?tenant=7&code=stolen&state=other"],
  ["https://app.example/cb?tenant=7&code=stolen"],
  ["https://app.example/cb?tenant=7&code=other&state=secret-state"],
  ["https://app.example/cb?tenant=7&code=stolen&state=secret-state#x"],
])("an unexpected address from Stytch is not followed: %s", async (redirect_uri) => {
  const form = { ...(await openForm(browser, query)) };
  answerAuthorize({ redirect_uri, authorization_code: "stolen" });
  const response = await browser.submit(form);
  expect([response.status, response.headers.get("location")]).toEqual([502, null]);
});

test("a denial that Stytch answers with a grant is not passed on", async () => {
  const form = { ...(await openForm(browser, query, "deny")) };
  const redirect_uri = `${CALLBACK}&code=stolen&state=secret-state`;
  answerAuthorize({ redirect_uri, authorization_code: "stolen" });
  const response = await browser.submit(form);
  expect([response.status, response.headers.get("location")]).toEqual([502, null]);
});

test("no log line holds a token, a state, a code or a cookie", async () => {
  const form = { ...(await openForm(browser, query)) };
  const location = new URL((await browser.submit(form)).headers.get("location") ?? "");
  await browser.submit(form);
  await browser.get(authorizePath({ ...query, prompt: "none" }));
  const lines = JSON.stringify(tests.logs);
  const secrets = [form._csrf, form.request_id, "secret-state", ...browser.cookies.values()];
  for (const secret of [...secrets, location.searchParams.get("code") ?? ""]) expect(lines).not.toContain(secret);
});

test("behind https the anti-forgery cookie is bound to the host", async () => {
  const secure = await startConsentTests({ config: { publicUrl: "https://gateway.example" } });
  const url = /http:\S+/.exec(JSON.stringify(secure.logs))?.[0].replace(/".*/, "") ?? "";
  const { clientId, redirectUrl } = secure.emulator.seeded.demoApp;
  const visitor = await signedIn({ ...secure, url }, secure.bookkeeper);
  const path = authorizePath({ client_id: clientId, redirect_uri: redirectUrl, prompt: "consent" });
  const response = await visitor.get(path);
  expect(response.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^__Host-consent-csrf=[^;]+; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
  ]);
  await secure.stop();
});

test("visits are limited like queries", async () => {
  const limited = await startConsentTests({ rateLimits: { viewer: 1 } });
  const visitor = await signedIn(limited, limited.bookkeeper);
  const { clientId, redirectUrl } = limited.emulator.seeded.demoApp;
  const path = authorizePath({ client_id: clientId, redirect_uri: redirectUrl, prompt: "consent" });
  const [first, second] = [await visitor.get(path), await visitor.get(path)];
  expect([first.status, second.status, second.headers.has("retry-after")]).toEqual([200, 429, true]);
  expect(await second.text()).toContain("Too many requests");
  await limited.stop();
});

test("an expired page says how to start again", async () => {
  const form = { ...(await openForm(browser, query)) };
  await browser.submit(form);
  const markup = await (await browser.submit(form)).text();
  expect(heading(markup)).toBe("This page has expired");
  expect(markup).toContain("Go back to the app and start again");
});
