import { mkdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import chromium from "@sparticuz/chromium";
import { type Browser, type BrowserContextOptions, type Page, chromium as playwright } from "playwright-core";
import { type Emulator, startEmulator } from "stytch-emulator";
import { seedMarketplace } from "../../src/dev.seed";
import type { Gateway } from "../../src/gateway";
import { startReplica } from "../support/replica";
import { startExample } from "./example-site";

const SHOTS = join(tmpdir(), "marketplace-gateway-shots");
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const FLAGS =
  "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

let emulator: Emulator;
let gateway: Gateway;
let site: Awaited<ReturnType<typeof startExample>>;
let browser: Browser;
beforeAll(async () => {
  mkdirSync(SHOTS, { recursive: true });
  emulator = await startEmulator({ port: 0 });
  gateway = await startReplica(emulator, {}, { prepare: seedMarketplace(emulator) });
  site = await startExample({ gateway: `${gateway.url}/graphql`, "sign-in": `${emulator.url}/login` });
  browser = await playwright.launch({ executablePath: await chromium.executablePath(), args: FLAGS.split(" ") });
});
afterAll(async () => {
  await browser.close();
  await site.stop();
  await gateway.stop();
  await emulator.stop();
});

/** A profile that is signed in as the login page would do it: with a cookie that scripts cannot read. */
async function open(memberId: string | null, options: BrowserContextOptions = {}) {
  const context = await browser.newContext(options);
  const problems: string[] = [];
  context.on("console", (message) => problems.push(message.text()));
  context.on("weberror", (error) => problems.push(String(error.error())));
  if (memberId) {
    const { session_token } = await emulator.mintSession({ memberId });
    const cookie = { name: "stytch_session", value: session_token, url: gateway.url, httpOnly: true };
    await context.addCookies([{ ...cookie, sameSite: "Lax" }]);
  }
  const page = await context.newPage();
  await page.goto(site.url);
  await page.waitForSelector("main h1");
  return { page, problems, close: () => context.close() };
}

const violations = async (page: Page): Promise<string[]> => {
  await page.evaluate(AXE);
  return page.evaluate(
    "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html))",
  );
};
/** One screenshot for people, and what can be said without them. */
async function look(page: Page, what: string): Promise<void> {
  await page.screenshot({ path: join(SHOTS, `marketplace-web-${what}.png`), fullPage: true });
  expect(await violations(page)).toEqual([]);
  expect(await page.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
}
const names = (page: Page) => page.locator(".card h2").allInnerTexts();
const go = async (page: Page, link: string, heading: string) => {
  await page.click(`nav a:has-text("${link}")`);
  await page.waitForSelector(`h1:has-text("${heading}")`);
};

test("without a session it says where to sign in", async () => {
  const { page, problems, close } = await open(null);
  expect(await page.innerText("h1")).toBe("Sign in to see the apps");
  expect(await page.getAttribute("main a", "href")).toBe(`${emulator.url}/login`);
  expect(problems).toEqual([]);
  await close();
});

describe.each([
  ["light", { colorScheme: "light", viewport: { width: 1100, height: 800 } }],
  ["dark", { colorScheme: "dark", viewport: { width: 1100, height: 800 } }],
  ["320px", { colorScheme: "light", viewport: { width: 320, height: 640 } }],
] as const)("%s", (name, options) => {
  test("no page has an accessibility violation or scrolls sideways", async () => {
    const { page, problems, close } = await open(emulator.seeded.people.adminId, options);
    await page.waitForSelector(".card");
    await look(page, `shelf-${name}`);
    await page.click(".card a");
    await page.waitForSelector(".details");
    await look(page, `app-${name}`);
    await go(page, "My apps", "My apps");
    await look(page, `mine-${name}`);
    await go(page, "Requests", "Requests for apps");
    await look(page, `requests-${name}`);
    expect(problems).toEqual([]);
    await close();
  });
});

test("a Member looks, searches, asks; an admin approves; the Member may connect", async () => {
  const { memberId, adminId } = emulator.seeded.people;
  const member = await open(memberId);
  const { page } = member;
  await page.waitForSelector(".card");
  expect(await names(page)).toEqual([
    "Desk Notes",
    "Invoice Sync",
    "Ledger Export",
    "Meridian CLI",
    "Meridian Console",
    "Payroll Bridge",
  ]);
  await page.fill("input[type=search]", "PÁYROLL");
  await page.press("input[type=search]", "Enter");
  await page.waitForFunction("document.querySelectorAll('.card').length === 1");
  expect(await page.innerText(".card .badge")).toBe("Needs approval");
  await page.click(".card a");
  await page.fill("textarea", "Month end is in a week.\n<b>Please.</b>");
  await look(page, "ask");
  await page.click("button:has-text('Ask an admin')");
  await page.waitForSelector("text=You have asked for it");
  await go(page, "Requests", "My requests");
  expect(await page.innerText(".card")).toContain("<b>Please.</b>");

  const admin = await open(adminId);
  await go(admin.page, "Requests", "Requests for apps");
  await admin.page.fill(".card input", "Have fun.");
  await look(admin.page, "decide");
  await admin.page.click("button:has-text('Approve')");
  await admin.page.waitForSelector(".badge:has-text('Approved')");

  await page.reload();
  await page.waitForSelector("text=Answer: Have fun.");
  await page.click(".card a");
  await page.waitForSelector("a:has-text('Connect Payroll Bridge')");
  expect(await page.getAttribute("a:has-text('Connect')", "href")).toBe("https://payrollbridge.example/connect");
  expect([...member.problems, ...admin.problems]).toEqual([]);
  await admin.close();
  await member.close();
});

test("my apps: one is disconnected", async () => {
  const { page, problems, close } = await open(emulator.seeded.people.memberId);
  await go(page, "My apps", "My apps");
  const before = await names(page);
  await page.click("button:has-text('Disconnect')");
  await page.waitForFunction(`document.querySelectorAll('.card').length === ${before.length - 1}`);
  expect(await names(page)).toEqual(before.slice(1));
  expect(problems).toEqual([]);
  await close();
});
