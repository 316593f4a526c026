import { mkdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import chromium from "@sparticuz/chromium";
import { type Browser, type BrowserContextOptions, type Page, chromium as playwright } from "playwright-core";
import { type ConsentTests, startConsentTests } from "./setup";

const SHOTS = join(tmpdir(), "marketplace-gateway-shots");
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const FLAGS =
  "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

let tests: ConsentTests;
let browser: Browser;
beforeAll(async () => {
  mkdirSync(SHOTS, { recursive: true });
  tests = await startConsentTests();
  browser = await playwright.launch({ executablePath: await chromium.executablePath(), args: FLAGS.split(" ") });
}, 60_000);
afterAll(async () => {
  await browser.close();
  await tests.stop();
});

/** A fresh profile; fails the test on any console message or page error. */
async function open(options: BrowserContextOptions = {}) {
  const context = await browser.newContext(options);
  const problems: string[] = [];
  context.on("console", (message) => problems.push(message.text()));
  context.on("weberror", (error) => problems.push(String(error.error())));
  const page = await context.newPage();
  return { page, problems, close: () => context.close() };
}

/** From the demo app through the login page to the consent page. */
async function toConsent(page: Page, scopes: string[] = []) {
  await page.goto(`${tests.emulator.url}/demo`);
  for (const scope of scopes) await page.check(`input[value="${scope}"]`);
  await page.check('input[name="prompt"]');
  await page.click("text=Connect your ledger");
  await page.click("summary:has-text('Northwind Traders')");
  await page.click(`button[value="${tests.bookkeeper}"]`);
  await page.waitForURL(/\/oauth\/authorize\?/);
}

/** Runs in the page; scripts are forbidden there, so it is evaluated by the debugger. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(
    "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html))",
  );
}

const overflow = (page: Page) =>
  page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth");

test("sign in, allow, and the app has its claims; the page is accessible and quiet", async () => {
  const { page, problems, close } = await open();
  await toConsent(page, ["delete:ledger"]);
  expect(await page.textContent("h1")).toBe("Ledger Export wants access to your account");
  expect(await page.textContent(".not")).toContain("delete:ledger");
  expect(await violations(page)).toEqual([]);
  await page.screenshot({ path: join(SHOTS, "consent-light.png"), fullPage: true });
  await page.click("text=Allow");
  await page.waitForURL(/\/demo$/);
  expect(await page.textContent("main")).toContain(tests.bookkeeper);
  expect(problems).toEqual([]);
  await close();
});

test("without JavaScript, by keyboard, a denial", async () => {
  const { page, problems, close } = await open({ javaScriptEnabled: false });
  await toConsent(page);
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
  const { page, close } = await open();
  await toConsent(page);
  const id = () => page.inputValue('input[name="request_id"]');
  const first = await id();
  await page.click("text=Allow");
  await page.waitForURL(/\/demo$/);
  await page.goBack();
  await page.waitForURL(/\/oauth\/authorize\?/);
  expect(await id()).not.toBe(first);
  tests.advance(10 * 60_000);
  await page.click("text=Allow");
  expect(await page.textContent("h1")).toBe("This page has expired");
  await page.screenshot({ path: join(SHOTS, "expired.png") });
  await close();
});

test("a double click grants once", async () => {
  const { page, close } = await open();
  await toConsent(page);
  tests.calls();
  await page.dblclick("text=Allow");
  await page.waitForURL(/\/demo|\/submit/);
  expect(tests.calls().filter((route) => route.endsWith("/idp/oauth/authorize"))).toHaveLength(1);
  await close();
});

test.each([
  ["dark", { colorScheme: "dark", viewport: { width: 1000, height: 900 } }],
  ["narrow", { viewport: { width: 320, height: 640 } }],
  ["zoomed", { viewport: { width: 640, height: 450 }, deviceScaleFactor: 2 }],
] as const)("%s: nothing overflows and nothing is inaccessible", async (name, options) => {
  const { page, problems, close } = await open(options);
  await toConsent(page, ["delete:ledger"]);
  expect(await violations(page)).toEqual([]);
  expect(await overflow(page)).toBe(0);
  await page.screenshot({ path: join(SHOTS, `consent-${name}.png`), fullPage: true });
  await page.goto(`${tests.url}/oauth/authorize?client_id=none&redirect_uri=https://app.example/cb`);
  expect(await violations(page)).toEqual([]);
  expect(await overflow(page)).toBe(0);
  await page.screenshot({ path: join(SHOTS, `error-${name}.png`), fullPage: true });
  expect(problems.filter((problem) => !/status of 400/.test(problem))).toEqual([]);
  await close();
});
