import { request as send } from "node:http";
import { memberIdOf } from "stytch-emulator";
import { PublishListingDocument, SaveListingDocument } from "../generated/graphql";
import {
  authorizePath,
  Browser,
  type ConsentTests,
  heading,
  openForm,
  signedIn,
  startConsentTests,
} from "../oauth/setup";

const LIST = "/account/apps";
const ASK = "/account/apps/take-back";
const SUBMIT = "/account/apps/take-back/submit";
const ORGANIZATION = "/v1/b2b/organizations/:organization_id";
const APPS = `GET ${ORGANIZATION}/members/:member_id/connected_apps`;
const REVOKE = `POST ${ORGANIZATION}/members/:member_id/connected_apps/:connected_app_id/revoke`;

let tests: ConsentTests;
let browser: Browser;
let northwind: string;
let appId: string;
beforeAll(async () => {
  tests = await startConsentTests();
  northwind = tests.emulator.state.organizations.findBySlug("northwind")?.organization_id ?? "";
  appId = tests.emulator.seeded.demoApp.clientId;
});
afterAll(() => tests.stop());
beforeEach(async () => {
  browser = await signedIn(tests, tests.bookkeeper);
  grant(tests.bookkeeper);
  tests.calls();
});

function grant(memberId: string): void {
  const { grants } = tests.emulator.state;
  const scopes = ["openid", "read:ledger"];
  grants.record({ organization_id: northwind, member_id: memberId, client_id: appId, scopes });
}
const hasAccess = (memberId = tests.bookkeeper) => tests.emulator.state.grants.get(memberId, appId) !== undefined;

async function open(visitor: Browser): Promise<{ _csrf: string; app: string }> {
  const response = await visitor.get(`${ASK}?${new URLSearchParams({ app: appId })}`);
  const field = (name: string) => new RegExp(`name="${name}" value="([^"]+)"`).exec(markup)?.[1] ?? "";
  const markup = await response.text();
  if (response.status !== 200) throw new Error(`${response.status} ${response.headers.get("location")}`);
  return { _csrf: field("_csrf"), app: field("app") };
}

async function expectKept(response: Response, status: number) {
  expect([response.status, response.headers.get("location")]).toEqual([status, null]);
  expect(tests.calls()).not.toContain(REVOKE);
  expect(hasAccess()).toBe(true);
}

test("what was given here says since when; everything has words; others' apps are not shown", async () => {
  const { clientId, redirectUrl } = tests.emulator.seeded.demoApp;
  const query = { client_id: clientId, redirect_uri: redirectUrl, scope: "openid read:ledger", prompt: "consent" };
  await browser.submit({ ...(await openForm(browser, query)) });
  tests.calls();
  const markup = await (await browser.get(LIST)).text();
  expect(heading(markup)).toBe("Your connected apps");
  expect(markup).toContain("<bdi>Ledger Export</bdi>");
  expect(markup).toMatch(/Connected on <time datetime="20\d\d-/);
  expect(markup).toContain("Read your ledger");
  const own = [...tests.emulator.state.grants.ofMember(tests.bookkeeper)].length;
  expect(markup.match(/<article/g)).toHaveLength(own);
  expect(tests.calls().sort()).toEqual(["POST /v1/b2b/sessions/authenticate", APPS, "GET /v1/b2b/rbac/policy"].sort());
});

test("taking back asks first, then says until when tokens may still work, and is written down", async () => {
  const form = await open(browser);
  expect(form.app).toBe(appId);
  expect(tests.calls()).not.toContain(REVOKE);
  tests.logs.length = 0;
  const response = await browser.post(SUBMIT, form);
  expect(response.status).toBe(303);
  expect(hasAccess()).toBe(false);
  const audit = tests.logs.filter(({ msg, outcome }) => msg === "audit" && outcome === "DONE");
  expect(audit).toMatchObject([
    { action: "AUTHORIZATION_REVOKED", memberId: tests.bookkeeper, connectedAppId: appId, actor: { kind: "MEMBER" } },
  ]);
  const markup = await (await browser.get(response.headers.get("location") ?? "")).text();
  expect(heading(markup)).toBe("Ledger Export no longer has access");
  expect(markup).toMatch(/may still let it in until \w+ \d+, \d{4} at \d+:\d\d [AP]M UTC/);
  expect(await (await browser.get(LIST)).text()).not.toContain("Ledger Export");
});

test("a second time, as by a double click or in another tab, changes nothing and is no error", async () => {
  const form = await open(browser);
  await browser.post(SUBMIT, form);
  const again = await browser.post(SUBMIT, form);
  expect([again.status, again.headers.get("location")]).toEqual([303, LIST]);
  const asked = await browser.get(`${ASK}?${new URLSearchParams({ app: appId })}`);
  expect([asked.status, asked.headers.get("location")]).toEqual([303, LIST]);
});

test("an admin sees and takes back only what is theirs", async () => {
  const { adminId } = tests.emulator.seeded.people;
  const admin = await signedIn(tests, adminId);
  grant(adminId);
  const markup = await (await admin.get(LIST)).text();
  expect(markup.match(/<article/g)).toHaveLength([...tests.emulator.state.grants.ofMember(adminId)].length);
  await admin.post(SUBMIT, { ...(await open(admin)), memberId: tests.bookkeeper, member_id: tests.bookkeeper });
  expect([hasAccess(adminId), hasAccess()]).toEqual([false, true]);
});

test("an operator too sees what any Member sees", async () => {
  const { operatorId } = tests.emulator.seeded.people;
  const markup = await (await (await signedIn(tests, operatorId)).get(LIST)).text();
  expect(markup.match(/<article/g) ?? []).toHaveLength([...tests.emulator.state.grants.ofMember(operatorId)].length);
});

test("names from outside are shown as text", async () => {
  const { state } = tests.emulator;
  const client = state.requireClient(appId);
  state.clients.set(appId, { ...client, client_name: `<img src=x>"'\u202Egpj.exe` });
  const pages = [await browser.get(LIST), await browser.get(`${ASK}?app=${appId}`)];
  const done = await browser.post(SUBMIT, await open(browser));
  pages.push(await browser.get(done.headers.get("location") ?? ""));
  for (const page of pages) {
    const markup = await page.text();
    expect(markup).not.toMatch(/<img src=x|\u202E/);
    expect(markup).toContain("&#60;img");
  }
  state.clients.set(appId, client);
});

test.each([
  ["missing", () => ""],
  ["made up", () => "a-b"],
  ["of another session", async () => (await open(await signedIn(tests, tests.bookkeeper)))._csrf],
  ["of the consent page", async () => (await openConsent())._csrf],
])("an anti-forgery token that is %s is refused", async (_name, token) => {
  const form = await open(browser);
  const _csrf = await token();
  await expectKept(await browser.post(SUBMIT, { ...form, _csrf }), 403);
  const cookie = browser.cookies.get("account-csrf") ?? "";
  browser.cookies.delete("account-csrf");
  await expectKept(await browser.post(SUBMIT, form), 403);
  browser.cookies.set("account-csrf", cookie);
  expect((await browser.post(SUBMIT, form)).status).toBe(303);
});

const openConsent = () => {
  const { clientId, redirectUrl } = tests.emulator.seeded.demoApp;
  return openForm(browser, { client_id: clientId, redirect_uri: redirectUrl, scope: "openid", prompt: "consent" });
};

test("a cookie and token that an attacker planted do not fit the session", async () => {
  const { adminId } = tests.emulator.seeded.people;
  grant(adminId);
  const attacker = await signedIn(tests, adminId);
  const planted = await open(attacker);
  browser.cookies.set("account-csrf", attacker.cookies.get("account-csrf") ?? "");
  await expectKept(await browser.post(SUBMIT, planted), 403);
});

test.each([
  [{ origin: "https://evil.example" }],
  [{ "sec-fetch-site": "cross-site" }],
  [{ "sec-fetch-site": "same-site" }],
])("a form from another site is refused: %j", async (headers: Record<string, string>) => {
  const form = await open(browser);
  await expectKept(await browser.post(SUBMIT, form, headers), 403);
  expect((await browser.post(SUBMIT, form, { origin: tests.url, "sec-fetch-site": "same-origin" })).status).toBe(303);
});

test.each(["", "..", "x", "../../../organizations", "connected-app"])("the app %j is none", async (app) => {
  const form = await open(browser);
  await expectKept(await browser.post(SUBMIT, { ...form, app }), 400);
  const asked = await browser.get(`${ASK}?${new URLSearchParams({ app })}`);
  expect([asked.status, asked.headers.get("location")]).toEqual([303, LIST]);
});

test("a link alone takes nothing back, whoever made it", async () => {
  for (const path of [ASK, SUBMIT]) await browser.get(`${path}?app=${appId}&_csrf=x`);
  expect(tests.calls()).not.toContain(REVOKE);
  expect(hasAccess()).toBe(true);
});

test("nobody can be told by a link that an app has lost access", async () => {
  const form = await open(browser);
  const done = (await browser.post(SUBMIT, form)).headers.get("location") ?? "";
  const forged = [
    "/account/apps/taken-back",
    done.replace(/signature=.*/, "signature=AAAA"),
    done.replace(/until=[^&]*/, "until=2020-01-01T00%3A00%3A00.000Z"),
    done.replace(appId, "connected-app-test-other"),
  ];
  for (const path of forged) {
    const response = await browser.get(path);
    expect([response.status, response.headers.get("location")]).toEqual([303, LIST]);
  }
  const other = await signedIn(tests, tests.bookkeeper);
  expect((await other.get(done)).headers.get("location")).toBe(LIST);
  expect((await browser.get(done)).status).toBe(200);
  grant(tests.bookkeeper);
  expect((await browser.get(done)).headers.get("location")).toBe(LIST);
});

test("without a session: login and back for the pages, nothing for the form", async () => {
  const stranger = new Browser(tests.url);
  for (const path of [LIST, `${ASK}?app=${appId}`]) {
    const response = await stranger.get(path);
    const login = new URL(response.headers.get("location") ?? "");
    expect([response.status, login.origin + login.pathname]).toEqual([303, `${tests.emulator.url}/login`]);
    expect([...login.searchParams]).toEqual([["return_to", path]]);
  }
  await expectKept(await stranger.post(SUBMIT, await open(browser)), 401);
});

test("a session that was revoked signs in again, though its JWT has not expired", async () => {
  const form = await open(browser);
  const { state } = tests.emulator;
  const session = state.sessions.ofMember(tests.bookkeeper).find(({ member_session_id }) => {
    const claims = Buffer.from(browser.cookies.get("stytch_session_jwt")?.split(".")[1] ?? "", "base64url");
    return claims.includes(member_session_id);
  });
  if (!session) throw new Error("no session");
  state.sessions.delete(session);
  expect((await browser.get(LIST)).headers.get("location")).toMatch(`${tests.emulator.url}/login`);
  const refused = await browser.post(SUBMIT, form);
  expect([refused.status, hasAccess()]).toEqual([401, true]);
});

test("an Authorization header is no credential here, and services have no account", async () => {
  const { session_jwt } = await tests.emulator.mintSession({ memberId: tests.bookkeeper });
  for (const token of [session_jwt, await tests.emulator.mintM2mToken()]) {
    const response = await new Browser(tests.url).get(LIST, { authorization: `Bearer ${token}` });
    expect(response.headers.get("location")).toMatch(`${tests.emulator.url}/login`);
  }
});

test("HEAD asks nobody", async () => {
  const cookie = `stytch_session_jwt=${browser.cookies.get("stytch_session_jwt")}`;
  const status = await new Promise((resolve, reject) => {
    send(tests.url + LIST, { method: "HEAD", headers: { cookie } }, ({ statusCode }) => resolve(statusCode))
      .on("error", reject)
      .end();
  });
  expect(status).toBe(405);
  expect(tests.calls()).toEqual([]);
});

test("every answer forbids framing, storing, sniffing, referring and reading by other sites", async () => {
  const form = await open(browser);
  const origin = "https://studio.apollographql.com";
  const done = await browser.post(SUBMIT, form);
  const responses = [
    await browser.get(LIST, { origin }),
    await browser.get(done.headers.get("location") ?? "", { origin }),
    await browser.post(SUBMIT, { ...form, _csrf: "" }),
    done,
    await new Browser(tests.url).get(LIST, { origin }),
  ];
  expect(responses.map(({ status }) => status)).toEqual([200, 200, 403, 303, 303]);
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

test.each([
  ["limited", { kind: "status", status: 429 } as const, 503, "This does not work right now", true],
  ["lost", { kind: "reset-after-effect" } as const, 502, "We do not know whether this worked", false],
])("an answer of Stytch that is %s: the page says what is so", async (_name, fault, status, title, kept) => {
  const form = await open(browser);
  tests.emulator.faults.inject({ route: REVOKE, fault });
  const response = await browser.post(SUBMIT, form);
  const markup = await response.text();
  expect([response.status, heading(markup), hasAccess()]).toEqual([status, title, kept]);
  expect(markup).toContain(`href="${LIST}"`);
});

test("no log line holds a token or a cookie", async () => {
  const form = await open(browser);
  await browser.post(SUBMIT, form);
  const lines = JSON.stringify(tests.logs);
  for (const secret of [form._csrf, ...browser.cookies.values()]) expect(lines).not.toContain(secret);
});

test("the consent page leads here", async () => {
  const { clientId, redirectUrl } = tests.emulator.seeded.demoApp;
  const query = { client_id: clientId, redirect_uri: redirectUrl, scope: "openid", prompt: "consent" };
  expect(await (await browser.get(authorizePath(query))).text()).toContain(`href="${LIST}"`);
});

test("an app whose listing names support shows where to ask", async () => {
  const service = await tests.asService();
  const input = {
    connectedAppId: appId,
    tagline: "Your ledger, elsewhere",
    details: "Copies it.",
    categories: ["Finance"],
    publisherName: "Ledger Export Ltd",
    supportUrl: "https://ledger-export.example/help",
    privacyPolicyUrl: "https://ledger-export.example/privacy",
    installUrl: "https://ledger-export.example/install",
    scopes: ["openid"],
  };
  const { saveListing } = await service.request(SaveListingDocument, { input });
  expect(saveListing?.userErrors).toEqual([]);
  await service.request(PublishListingDocument, { input: { connectedAppId: appId } });
  const markup = await (await browser.get(LIST)).text();
  expect(markup).toMatch(/<a href="https:\/\/ledger-export\.example\/help"[^>]*rel="noopener noreferrer"/);
});

test("a Member who has nothing connected reads so", async () => {
  const memberId = memberIdOf("northwind", 9);
  const { grants } = tests.emulator.state;
  for (const { client_id } of [...grants.ofMember(memberId)]) grants.forget(memberId, client_id);
  expect(await (await (await signedIn(tests, memberId)).get(LIST)).text()).toContain(
    "No app has access to your account",
  );
});
