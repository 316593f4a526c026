import type { Page } from "playwright-core";
import {
  type BrowserTests,
  overflow,
  shoot,
  signIn,
  startBrowserTests,
  violations,
  withoutStatus,
} from "./browser-setup";

let tests: BrowserTests;
beforeAll(async () => {
  tests = await startBrowserTests();
});
afterAll(() => tests.stop());

/** From the demo app through the login page to the consent page. */
async function toConsent(page: Page, scopes: string[] = []) {
  await page.goto(`${tests.emulator.url}/demo`);
  for (const scope of scopes) await page.check(`input[value="${scope}"]`);
  await page.check('input[name="prompt"]');
  await page.click("text=Connect your ledger");
  await signIn(page, tests.bookkeeper);
}

test("sign in, allow, and the app has its claims; the page is accessible and quiet", async () => {
  const { page, problems, close } = await tests.open();
  await toConsent(page, ["delete:ledger"]);
  expect(await page.textContent("h1")).toBe("Ledger Export wants access to your account");
  expect(await page.textContent(".not")).toContain("Delete entries of your ledger");
  expect(await violations(page)).toEqual([]);
  await shoot(page, "consent-light");
  await page.click("button:text-is('Allow')");
  await page.waitForURL(/\/demo$/);
  expect(await page.textContent("main")).toContain(tests.bookkeeper);
  expect(problems).toEqual([]);
  await close();
});

test("without JavaScript, by keyboard, a denial", async () => {
  const { page, problems, close } = await tests.open({ javaScriptEnabled: false });
  await toConsent(page);
  const boxes = await page.locator("input[type=checkbox]").count();
  // After the link to use a different account come the boxes, then the buttons.
  for (let box = 0; box <= boxes; box++) await page.keyboard.press("Tab");
  for (const label of ["Allow", "Deny"]) {
    await page.keyboard.press("Tab");
    expect(await page.locator("button:focus").textContent()).toBe(label);
  }
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/demo$/);
  expect(await page.textContent("main")).toContain("access_denied");
  expect(problems).toEqual([]);
  await close();
});

test("going back asks anew, with a new request; a page left open for ten minutes has expired", async () => {
  const { page, close } = await tests.open();
  await toConsent(page);
  const id = () => page.inputValue('input[name="request_id"]');
  const first = await id();
  await page.click("button:text-is('Allow')");
  await page.waitForURL(/\/demo$/);
  await page.goBack();
  await page.waitForURL(/\/oauth\/authorize\?/);
  expect(await id()).not.toBe(first);
  tests.advance(10 * 60_000);
  await page.click("button:text-is('Allow')");
  expect(await page.textContent("h1")).toBe("This page has expired");
  await shoot(page, "expired");
  await close();
});

test("a double click grants once", async () => {
  const { page, close } = await tests.open();
  await toConsent(page);
  tests.calls();
  await page.dblclick("button:text-is('Allow')");
  await page.waitForURL(/\/demo|\/submit/);
  expect(tests.calls().filter((route) => route.endsWith("/idp/oauth/authorize"))).toHaveLength(1);
  await close();
});

test.each([
  ["dark", { colorScheme: "dark", viewport: { width: 1000, height: 900 } }],
  ["narrow", { viewport: { width: 320, height: 640 } }],
  ["zoomed", { viewport: { width: 640, height: 450 }, deviceScaleFactor: 2 }],
] as const)("%s: nothing overflows and nothing is inaccessible", async (name, options) => {
  const { page, problems, close } = await tests.open(options);
  await toConsent(page, ["delete:ledger"]);
  expect(await violations(page)).toEqual([]);
  expect(await overflow(page)).toBe(0);
  await shoot(page, `consent-${name}`);
  await page.goto(`${tests.url}/oauth/authorize?client_id=none&redirect_uri=https://app.example/cb`);
  expect(await violations(page)).toEqual([]);
  expect(await overflow(page)).toBe(0);
  await shoot(page, `error-${name}`);
  expect(withoutStatus(problems, 400)).toEqual([]);
  await close();
});

test.each(["light", "dark"] as const)(
  "the emulator's own address says what it is, and where to go, %s",
  async (look) => {
    const { page, problems, close } = await tests.open({ colorScheme: look });
    await page.goto(`${tests.emulator.url}/`);
    expect(await page.textContent("main")).toContain(tests.emulator.projectId);
    expect(await violations(page)).toEqual([]);
    expect(await overflow(page)).toBe(0);
    await shoot(page, `emulator-home-${look}`);
    for (const link of await page.locator("a").all()) {
      const address = new URL((await link.getAttribute("href")) ?? "", page.url());
      expect([address.pathname, (await page.request.get(address.href)).status()]).toEqual([address.pathname, 200]);
    }
    expect(problems).toEqual([]);
    await close();
  },
);
