import type { BrowserContextOptions } from "playwright-core";
import {
  type AccountApp,
  type AccountView,
  accountPage,
  takeBackAddress,
  takeBackPage,
  takenBackPage,
} from "../../src/http/account.page";
import { indexPage } from "../../src/http/index.page";
import { createLayout, type Layout } from "../../src/http/page";
import { messagePage } from "../../src/http/page.message";
import { type BrowserTests, startBrowserTests } from "../oauth/browser-setup";
import { expectFine, LOOKS, showPage } from "./show-page";

let tests: BrowserTests;
beforeAll(async () => {
  tests = await startBrowserTests();
});
afterAll(() => tests.stop());

const meridian = createLayout({
  name: "Meridian",
  color: "#7b2cbf",
  supportUrl: "mailto:help@meridian.example",
  logoUrl: "https://meridian.example/logo.png",
});

const LEDGER: AccountApp = {
  clientId: "connected-app-test-1",
  name: "Ledger Export",
  scopes: [
    { scope: "openid", description: "" },
    { scope: "read:ledger", description: "Read your ledger" },
    { scope: "paint:ledger", description: "" },
  ],
  grantedAt: new Date("2026-03-03T23:59:00Z"),
  supportUrl: "https://ledger-export.example/support",
  logoPath: "/logos/app?x=1",
};
const ATLAS: AccountApp = {
  clientId: "connected-app-test-2",
  name: "\u202EAtlas <b>Assistant</b>",
  scopes: [{ scope: "delete:ledger", description: "Delete entries of your ledger" }],
  grantedAt: null,
  supportUrl: null,
  logoPath: undefined,
};
const VIEW: AccountView = {
  apps: [LEDGER, ATLAS],
  member: { name: "Oskar Schmidt", emailAddress: "oskar.schmidt@northwind.example" },
  organizationName: "Northwind Traders",
  loginUrl: "https://login.example/?return_to=%2Faccount%2Fapps",
};
const LINKS = [
  { label: "GraphQL", url: "/graphql", text: "Ask and change things, with the schema at hand." },
  { label: "Demo app", url: "http://127.0.0.1:4001/demo", text: "Connect an app and see the consent page." },
  { label: "Sign in", url: "http://127.0.0.1:4001/login", text: "Be any of the seeded people." },
];

const show = (markup: (layout: Layout) => string, options: BrowserContextOptions = {}) =>
  showPage(tests, meridian, markup(meridian), options);

describe.each(LOOKS)("%s", (look, options) => {
  test.each<[string, (layout: Layout) => string]>([
    ["account", (layout) => accountPage(layout, VIEW)],
    ["account-empty", (layout) => accountPage(layout, { ...VIEW, apps: [] })],
    ["take-back", (layout) => takeBackPage(layout, { app: LEDGER, csrfToken: "token" })],
    ["taken-back", (layout) => takenBackPage(layout, LEDGER, new Date("2026-03-03T15:30:00Z"))],
    ["index", (layout) => indexPage(layout, LINKS)],
    [
      "error",
      (layout) =>
        messagePage(layout, {
          title: "This link does not work",
          text: [
            "The redirect URI is not registered for this app.",
            "Nothing was granted, and you were not redirected.",
          ],
          value: `https://app.example/${"x".repeat(300)}`,
          actions: [{ href: "/account/apps", label: "Your connected apps" }],
          requestId: "0d6d9cc9-c9c2-44d0-9414-d14a9a4ccf69",
        }),
    ],
  ])("%s: accessible, nothing overflows, quiet", async (name, markup) => {
    await expectFine(await show(markup, options), `${name}-${look}`);
  });
});

test("the list says what each app may do, since when, and where to take it back", async () => {
  const { page, close } = await show((layout) => accountPage(layout, VIEW));
  expect(await page.locator("h2").allInnerTexts()).toEqual(["Atlas <b>Assistant</b>", "Ledger Export"]);
  const [atlas, ledger] = await page.locator("article").allInnerTexts();
  expect(ledger?.split(/\n+/)).toEqual(
    expect.arrayContaining([
      "Connected on March 3, 2026",
      "Sign you in",
      "Read your ledger",
      "paint:ledger",
      "Support",
    ]),
  );
  expect(atlas).not.toContain("Connected on");
  const link = page.getByRole("link", { name: "Remove access for Ledger Export" });
  expect(await link.getAttribute("href")).toBe(takeBackAddress(LEDGER.clientId));
  const support = page.getByRole("link", { name: "Support for Ledger Export" });
  expect([await support.getAttribute("target"), await support.getAttribute("rel")]).toEqual([
    "_blank",
    "noopener noreferrer",
  ]);
  await close();
});

test("before it is taken back there is a question, whose form names the app and nothing else", async () => {
  const { page, close } = await show((layout) => takeBackPage(layout, { app: ATLAS, csrfToken: "token" }));
  expect(await page.innerText("h1")).toBe("Remove access for Atlas <b>Assistant</b>?");
  expect(await page.locator("main li").allInnerTexts()).toEqual(["Delete entries of your ledger"]);
  expect(
    await page.locator("input").evaluateAll((inputs) => inputs.map((input) => input.getAttribute("name"))),
  ).toEqual(["_csrf", "app"]);
  expect(await page.getByRole("link", { name: "Keep it" }).getAttribute("href")).toBe("/account/apps");
  await close();
});

test.each([
  [
    new Date("2026-03-03T15:30:00Z"),
    /^Some services may still let it in until March 3, 2026 at 3:30\sPM UTC\. After that, it is locked out everywhere\.$/,
  ],
  [null, /^Some services may still let it in for a short while\.$/],
])("afterwards it says until when tokens may work: %p", async (until, expected) => {
  const { page, close } = await show((layout) => takenBackPage(layout, LEDGER, until));
  expect(await page.innerText("h1")).toBe("Ledger Export no longer has access");
  expect(await page.innerText("h1 + p")).toMatch(expected);
  await close();
});

test("a Member with a thousand apps gets a page of bounded size", () => {
  const scopes = Array.from({ length: 20 }, (_, index) => ({
    scope: `read:${index}`,
    description: "&".repeat(100_000),
  }));
  const apps = Array.from({ length: 1000 }, (_, index) => ({
    ...LEDGER,
    clientId: `connected-app-test-${index}`,
    scopes,
  }));
  const markup = accountPage(meridian, { ...VIEW, apps });
  expect(markup).toContain("800 more are not shown.");
  expect(markup.match(/<article/g)).toHaveLength(200);
});
