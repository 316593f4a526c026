import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import {
  type BrowserTests,
  overflow,
  type Profile,
  shoot,
  signIn,
  startBrowserTests,
  violations,
  withoutStatus,
} from "./browser-setup";
import { AUTHORIZE, answerOf, authorizePath, readForm } from "./setup";

/** The app's own site, which only says that the browser came back. */
const site = createServer((_request, response) => {
  response.setHeader("content-type", "text/html").end("<title>Books</title>");
});
const SCOPES = ["openid", "read:ledger"];

let tests: BrowserTests;
let callback: string;
let clientId: string;
let profile: Profile;
beforeAll(async () => {
  tests = await startBrowserTests();
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  callback = `http://127.0.0.1:${(site.address() as AddressInfo).port}/cb`;
});
afterAll(async () => {
  await tests.stop();
  site.closeAllConnections();
  site.close();
});
beforeEach(async () => {
  clientId = (await tests.newClient("THIRD_PARTY", { redirectUrls: [callback] })).id;
  profile = await tests.open();
  tests.calls();
});
afterEach(() => profile.close());

const link = (state: string, scopes = SCOPES) =>
  tests.url + authorizePath({ client_id: clientId, redirect_uri: callback, scope: scopes.join(" "), state });

/** Follows the app's link, and signs in on the way. */
async function follow(page: Page, address: string, memberId = tests.bookkeeper) {
  await page.goto(address);
  await signIn(page, memberId);
}

async function decide(page: Page, decision: string) {
  await page.click(`button:has-text("${decision}")`);
  await page.waitForURL(`${callback}?**`);
  return answerOf(page.url());
}

async function expectRefused({ page, problems }: Profile) {
  await page.click("button:text-is('Allow')");
  await page.waitForURL(/\/submit$/);
  expect(await page.textContent("h1")).toBe("This was not accepted");
  expect(await page.textContent("main")).toContain("Nothing more was granted.");
  expect(tests.emulator.requests(AUTHORIZE)).toEqual([]);
  expect(withoutStatus(problems, 403)).toEqual([]);
}

const grantOf = (memberId: string) => tests.emulator.state.grants.get(memberId, clientId)?.scopes;

const ANSWERS = {
  Allow: { code: "issued" },
  Deny: { error: "access_denied", error_description: "The resource owner denied the request." },
};

test.each([
  ["Allow", "Deny"],
  ["Allow", "Allow"],
  ["Deny", "Allow"],
] as const)(
  "two tabs, %s in one and then %s in the other: each decision stands for itself, once",
  async (...decisions) => {
    const { context, page: first, problems } = profile;
    const second = await context.newPage();
    await follow(first, link("0"));
    await second.goto(link("1"));
    const forms = [readForm(await first.content()), readForm(await second.content())];
    for (const [index, page] of [first, second].entries()) {
      const decision = decisions[index] ?? "Deny";
      expect(await decide(page, decision)).toEqual({ answer: { ...ANSWERS[decision], state: String(index) } });
    }
    const consents = decisions.map((decision, index) => ({
      body: { state: String(index), consent_granted: decision === "Allow" },
    }));
    expect(tests.emulator.requests(AUTHORIZE)).toMatchObject(consents);
    for (const form of forms) {
      const again = await context.request.post(`${tests.url}/oauth/authorize/submit`, {
        form: { ...form, scope: form.scope.join() },
      });
      expect([again.status(), await again.text()]).toEqual([400, expect.stringContaining("This page has expired")]);
    }
    expect(tests.emulator.requests(AUTHORIZE)).toHaveLength(2);
    expect(grantOf(tests.bookkeeper)).toEqual(SCOPES);
    expect(problems).toEqual([]);
  },
);

test("another Member signs in while the page is open: it grants for neither of them", async () => {
  const other = tests.emulator.seeded.people.adminId;
  const { context, page } = profile;
  await follow(page, link("s"));
  const tab = await context.newPage();
  await follow(tab, (await page.locator("text=Use a different account").getAttribute("href")) ?? "", other);
  await expectRefused(profile);
  await shoot(page, "refused");
  expect([grantOf(tests.bookkeeper), grantOf(other)]).toEqual([undefined, undefined]);
  expect(await decide(tab, "Allow")).toEqual({ answer: { code: "issued", state: "s" } });
  expect([grantOf(tests.bookkeeper), grantOf(other)]).toEqual([undefined, expect.arrayContaining(["openid"])]);
});

const TOKEN = "input[name=_csrf]";
const editToken = (page: Page, edit: string) => page.evaluate<void>(`document.querySelector("${TOKEN}")${edit}`);

/** The token of a page in somebody else's browser, put into this one. */
async function plantToken(page: Page, memberId: string) {
  const elsewhere = await tests.open();
  await follow(elsewhere.page, link("theirs"), memberId);
  const token = await elsewhere.page.inputValue(TOKEN);
  await elsewhere.close();
  await editToken(page, `.value = "${token}"`);
  expect(await page.inputValue(TOKEN)).toBe(token);
}

test.each<[string, (profile: Profile) => Promise<void>]>([
  ["removed", ({ page }) => editToken(page, ".remove()")],
  ["emptied", ({ page }) => editToken(page, '.value = ""')],
  ["without its cookie", ({ context }) => context.clearCookies({ name: "consent-csrf" })],
  ["from the same Member's other browser", ({ page }) => plantToken(page, tests.bookkeeper)],
  ["from another Member's browser", ({ page }) => plantToken(page, tests.emulator.seeded.people.adminId)],
])("an anti-forgery token that is %s grants nothing", async (_name, tamper) => {
  const { page } = profile;
  await follow(page, link("s"));
  await tamper(profile);
  await expectRefused(profile);
  expect(grantOf(tests.bookkeeper)).toBeUndefined();
  await page.goto(link("again"));
  expect(await decide(page, "Allow")).toEqual({ answer: { code: "issued", state: "again" } });
});

test("scopes that the Member cannot give stand apart; with no others there is no Allow", async () => {
  const { page, problems } = profile;
  await follow(page, link("some", [...SCOPES, "delete:ledger"]));
  expect(await page.locator("ul").first().textContent()).toBe("Sign you inRead your ledger");
  expect(await page.textContent(".not li")).toBe("Delete entries of your ledger");
  expect(await page.textContent(".not p")).toBe(
    "Your role at Northwind Traders (bookkeeper) does not allow this. If you need it, ask an administrator there.",
  );
  expect(await violations(page)).toEqual([]);
  await shoot(page, "consent-ungrantable");
  await page.goto(link("none", ["delete:ledger"]));
  expect(await page.locator("button").allTextContents()).toEqual(["Go back to Books"]);
  expect(await violations(page)).toEqual([]);
  await shoot(page, "consent-only-ungrantable");
  expect(await decide(page, "Go back to Books")).toEqual({ answer: { ...ANSWERS.Deny, state: "none" } });
  expect(problems).toEqual([]);
});

test.each([1000, 320])("a hostile name is shown as text, at %i px", async (width) => {
  const { page, problems } = profile;
  const shown = `<img src=x onerror=alert(1)></h1><script>alert(2)</script> ספרים Books&amp; x.exe`;
  const client_name = `\u202E\u2066${shown}\u200B ${"Books".repeat(40_000)}`;
  const client = tests.emulator.state.clients.get(clientId);
  if (!client) throw new Error("no client");
  tests.emulator.state.clients.set(clientId, { ...client, client_name });
  const dialogs: string[] = [];
  page.on("dialog", (dialog) => dialogs.push(dialog.message()));
  await page.setViewportSize({ width, height: 800 });
  await follow(page, link("s"));
  expect(await page.textContent("h1")).toBe(`${`${shown} Books`.slice(0, 80)}… wants access to your account`);
  expect(await page.locator("img, script").count()).toBe(0);
  expect(await overflow(page)).toBe(0);
  await shoot(page, `consent-hostile-name-${width}`);
  expect(await violations(page)).toEqual([]);
  expect([dialogs, problems]).toEqual([[], []]);
});
