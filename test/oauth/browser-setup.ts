import { mkdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import chromium from "@sparticuz/chromium";
import { type BrowserContext, type BrowserContextOptions, type Page, chromium as playwright } from "playwright-core";
import { serveDemo } from "../../src/dev.demo";
import { type ConsentTests, startConsentTests } from "./setup";

const SHOTS = join(tmpdir(), "marketplace-gateway-shots");
const AXE = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const FLAGS =
  "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

export interface Profile {
  context: BrowserContext;
  page: Page;
  /** Every console message and page error so far. */
  problems: string[];
  close(): Promise<void>;
}

export interface BrowserTests extends ConsentTests {
  /** A fresh profile of the one browser. */
  open(options?: BrowserContextOptions): Promise<Profile>;
}

export async function startBrowserTests(): Promise<BrowserTests> {
  mkdirSync(SHOTS, { recursive: true });
  const tests = await startConsentTests();
  await serveDemo(tests.emulator);
  const browser = await playwright.launch({ executablePath: await chromium.executablePath(), args: FLAGS.split(" ") });
  return {
    ...tests,
    async open(options = {}) {
      const context = await browser.newContext(options);
      const problems: string[] = [];
      context.on("console", (message) => problems.push(message.text()));
      context.on("weberror", (error) => problems.push(String(error.error())));
      const page = await context.newPage();
      return { context, page, problems, close: () => context.close() };
    },
    async stop() {
      await browser.close();
      await tests.stop();
    },
  };
}

/** On the login page, as a Member of Northwind; it leads back to the consent page. */
export async function signIn(page: Page, memberId: string) {
  await page.click("summary:has-text('Northwind Traders')");
  await page.click(`button[value="${memberId}"]`);
  await page.waitForURL(/\/oauth\/authorize\?/);
}

/** Runs in the page; scripts are forbidden there, so it is evaluated by the debugger. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(
    "axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ' ' + nodes[0].html))",
  );
}

export const overflow = (page: Page) =>
  page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth");

export const shoot = (page: Page, name: string) =>
  page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });

/** Chromium reports each page with such a status on the console. */
export const withoutStatus = (problems: string[], status: number) =>
  problems.filter((problem) => !problem.includes(`status of ${status}`));
