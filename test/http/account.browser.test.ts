import type { Page } from "playwright-core";
import { type BrowserTests, shoot, startBrowserTests, violations } from "../oauth/browser-setup";
import { expectFine, LOOKS } from "./show-page";

let tests: BrowserTests;
beforeAll(async () => {
  tests = await startBrowserTests();
});
afterAll(() => tests.stop());
beforeEach(() => {
  const { state, seeded } = tests.emulator;
  const organization_id = state.organizations.findBySlug("northwind")?.organization_id ?? "";
  const scopes = ["openid", "profile", "read:ledger", "delete:ledger"];
  state.grants.record({ organization_id, member_id: tests.bookkeeper, client_id: seeded.demoApp.clientId, scopes });
});

/** From the account page through the login page and back. */
async function toAccount(page: Page) {
  await page.goto(`${tests.url}/account/apps`);
  await page.click("summary:has-text('Northwind Traders')");
  await page.click(`button[value="${tests.bookkeeper}"]`);
  await page.waitForURL(/\/account\/apps$/);
}
const hasAccess = () =>
  tests.emulator.state.grants.get(tests.bookkeeper, tests.emulator.seeded.demoApp.clientId) !== undefined;

test("sign in, look, ask, take back, read until when; without JavaScript, and every page is accessible", async () => {
  const { page, problems, close } = await tests.open({ javaScriptEnabled: false });
  const look = async (name: string) => {
    const twin = await tests.open();
    await twin.context.addCookies(await page.context().cookies());
    await twin.page.goto(page.url());
    expect(await violations(twin.page)).toEqual([]);
    await twin.close();
    await shoot(page, name);
  };
  await toAccount(page);
  expect(await page.textContent("h1")).toBe("Your connected apps");
  await look("account-real");
  await page.click('[aria-label="Remove access for Ledger Export"]');
  expect(await page.textContent("h1")).toBe("Remove access for Ledger Export?");
  await look("take-back-real");
  await page.click("button:text-is('Remove access')");
  await page.waitForURL(/taken-back/);
  expect(await page.textContent("h1")).toBe("Ledger Export no longer has access");
  await look("taken-back-real");
  expect(hasAccess()).toBe(false);
  await page.reload();
  expect(await page.textContent("h1")).toBe("Ledger Export no longer has access");
  await page.click("text=Your connected apps");
  expect(await page.textContent("main")).not.toContain("Ledger Export");
  expect(problems).toEqual([]);
  await close();
});

test("by keyboard: keep it, then remove it", async () => {
  const { page, close } = await tests.open();
  await toAccount(page);
  await page.focus('[aria-label="Remove access for Ledger Export"]');
  await page.keyboard.press("Enter");
  await page.waitForURL(/take-back/);
  await page.keyboard.press("Tab");
  expect(await page.locator("button:focus").textContent()).toBe("Remove access");
  await page.keyboard.press("Tab");
  expect(await page.locator("a:focus").textContent()).toBe("Keep it");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/account\/apps$/);
  expect(hasAccess()).toBe(true);
  await page.click('[aria-label="Remove access for Ledger Export"]');
  await page.focus("button");
  await page.keyboard.press("Space");
  await page.waitForURL(/taken-back/);
  expect(hasAccess()).toBe(false);
  await close();
});

test("a double click takes back once, and going back posts nothing", async () => {
  const { page, close } = await tests.open();
  await toAccount(page);
  await page.click('[aria-label="Remove access for Ledger Export"]');
  tests.calls();
  await page.dblclick("button:text-is('Remove access')");
  await page.waitForURL(/taken-back|\/account\/apps$/);
  await page.waitForLoadState();
  expect(hasAccess()).toBe(false);
  const before = tests.calls().filter((route) => route.endsWith("/revoke")).length;
  expect(before).toBeLessThanOrEqual(2);
  await page.goBack();
  await page.waitForLoadState();
  expect(tests.calls().filter((route) => route.endsWith("/revoke"))).toEqual([]);
  await close();
});

test("another site can neither frame it nor post its form", async () => {
  const { page, context, close } = await tests.open();
  await toAccount(page);
  await page.click('[aria-label="Remove access for Ledger Export"]');
  const [csrf, app] = [await page.inputValue('input[name="_csrf"]'), await page.inputValue('input[name="app"]')];
  const evil = await context.newPage();
  const form = `<form method="post" action="${tests.url}/account/apps/take-back/submit">
    <input name="_csrf" value="${csrf}"><input name="app" value="${app}"><button>Win</button></form>
    <iframe src="${tests.url}/account/apps"></iframe>`;
  await evil.route("https://evil.example/**", (route) => route.fulfill({ body: form, contentType: "text/html" }));
  await evil.goto("https://evil.example/");
  expect(await evil.frameLocator("iframe").locator("h1").count()).toBe(0);
  tests.calls();
  await evil.click("button");
  await evil.waitForURL(/submit/);
  expect(await evil.textContent("h1")).not.toContain("no longer has access");
  expect(tests.calls().filter((route) => route.endsWith("/revoke"))).toEqual([]);
  expect(hasAccess()).toBe(true);
  await close();
});

test.each(LOOKS)("the real page, %s", async (look, options) => {
  const profile = await tests.open(options);
  await toAccount(profile.page);
  await expectFine(profile, `account-real-${look}`);
});
