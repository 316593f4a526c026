import type { BrowserContextOptions, Page } from "playwright-core";
import type { Brand } from "../../src/config";
import { type ConsentView, consentPage } from "../../src/http/consent.page";
import { createLayout } from "../../src/http/page";
import type { ShownScope } from "../../src/oauth/request-store";
import { expectFine, LOOKS, showPage } from "../http/show-page";
import { type BrowserTests, shoot, startBrowserTests } from "./browser-setup";

let tests: BrowserTests;
beforeAll(async () => {
  tests = await startBrowserTests();
});
afterAll(() => tests.stop());

const PLAIN: Brand = { name: undefined, color: undefined, supportUrl: undefined, logoUrl: undefined };
const MERIDIAN: Brand = {
  name: "Meridian",
  color: "#ffc400",
  supportUrl: "https://help.meridian.example/apps",
  logoUrl: "https://meridian.example/logo.png",
};
const READ: ShownScope = { scope: "read:ledger", description: "Read your ledger", grantable: true };
const EIGHT: ShownScope[] = [
  { scope: "openid", description: "Sign you in", grantable: true },
  { scope: "profile", description: "See your name", grantable: true },
  { scope: "email", description: "See your email address", grantable: true },
  READ,
  { scope: "send:invoices", description: "Send invoices in your name", grantable: true },
  { scope: "full_access", description: "Do everything that you can do", grantable: true },
  { scope: "delete:ledger", description: "Delete entries of your ledger", grantable: true },
  { scope: "write:ledger", description: "Change your ledger", grantable: false },
];

interface Given extends Partial<Omit<ConsentView, "pending">> {
  name?: string;
  description?: string;
  clientType?: string;
  redirectUri?: string;
  scopes?: ShownScope[];
  roles?: string[];
}

function viewOf(given: Given = {}): ConsentView {
  const { state, seeded } = tests.emulator;
  const { name = "Ledger Export", description = "Copies journal entries to your data warehouse every night." } = given;
  const { clientType = "third_party", redirectUri = "https://app.example/cb", scopes = [READ], ...rest } = given;
  // On the wire these are null where the SDK's types leave them out.
  const { external_id, scim_registration, lock_created_at, lock_expires_at, ...member } = state.requireMemberById(
    tests.bookkeeper,
  );
  const {
    organization_external_id,
    sso_default_connection_id,
    scim_active_connection,
    allowed_oauth_tenants,
    ...organization
  } = state.requireOrganization(member.organization_id);
  const client_id = seeded.demoApp.clientId;
  return {
    pending: {
      request: {
        id: "authorization-request-x",
        owner: "session:x",
        parameters: { clientId: client_id, redirectUri, scopes: scopes.map(({ scope }) => scope), resources: [] },
        member: null,
        scopes,
        consentRequired: true,
        expiresAt: 0,
      },
      client: { client_id, client_name: name, client_description: description, client_type: clientType },
      member,
      organization,
    },
    csrfToken: "token",
    loginUrl: "https://login.example/?return_to=%2F",
    ...rest,
  };
}

const show = (given: Given, brand: Brand = PLAIN, options: BrowserContextOptions = {}) => {
  const layout = createLayout(brand);
  return showPage(tests, layout, consentPage(layout, viewOf(given)), options);
};

const text = (page: Page, selector: string) => page.locator(selector).allInnerTexts();
const bottomOf = async (page: Page, selector: string) => {
  const box = await page.locator(selector).boundingBox();
  return box ? box.y + box.height : Number.NaN;
};

const KINDS: [string, Given, Brand][] = [
  ["plain", { scopes: EIGHT }, PLAIN],
  ["branded", { scopes: EIGHT, logoPath: "/logos/x" }, MERIDIAN],
  ["self-registered", { scopes: EIGHT.slice(0, 5), selfRegistered: true, name: "Tally Reports" }, MERIDIAN],
  ["nothing-grantable", { scopes: [{ ...READ, grantable: false }] }, MERIDIAN],
  [
    "asked-again",
    { scopes: EIGHT, grantedBefore: { at: new Date("2026-03-03T10:00:00Z"), scopes: ["openid", "read:ledger"] } },
    MERIDIAN,
  ],
  [
    "listed",
    {
      listing: {
        publisherName: "Ledger Export Ltd",
        publisherUrl: "https://ledger-export.example",
        privacyPolicyUrl: "https://ledger-export.example/privacy",
        termsUrl: "https://ledger-export.example/terms",
      },
    },
    MERIDIAN,
  ],
  ["device", { redirectUri: "com.evil.app://accounts.google.com/cb", listing: null }, PLAIN],
];

describe.each(LOOKS)("%s", (look, options) => {
  test.each(KINDS)("%s: accessible, nothing overflows, quiet", async (kind, given, brand) => {
    await expectFine(await show(given, brand, options), `page-${kind}-${look}`);
  });
});

const LONG = "Read, change and send on behalf of the whole company ".repeat(20);

test.each<[string, Given, Brand]>([
  ...KINDS,
  [
    "everything at once, as long as it gets",
    {
      scopes: EIGHT.map((scope) => ({ ...scope, description: `${scope.description} ${LONG}` })),
      name: LONG,
      description: "x ".repeat(100_000),
      selfRegistered: true,
      redirectUri: `https://${"a".repeat(60)}.example/cb`,
      grantedBefore: { at: new Date(0), scopes: [] },
    },
    { ...MERIDIAN, name: LONG },
  ],
])("%s: the buttons are on the first screen at 1280 x 800", async (_kind, given, brand) => {
  const { page, close } = await show(given, brand);
  expect(await bottomOf(page, ".actions")).toBeLessThanOrEqual(800);
  await shoot(page, `page-buttons-${_kind.slice(0, 10)}`);
  await close();
});

test("grave scopes stand apart, each box is named by its words, and names are folded away", async () => {
  const { page, close } = await show({ scopes: EIGHT });
  expect(await text(page, "fieldset:not(.grave) label")).toEqual([
    "Sign you in",
    "See your name",
    "See your email address",
    "Read your ledger",
    "Send invoices in your name",
  ]);
  expect(await text(page, "fieldset.grave label")).toEqual([
    "Do everything that you can do",
    "Delete entries of your ledger",
  ]);
  expect(await page.getByRole("group", { name: "High risk" }).getByRole("checkbox").count()).toBe(2);
  expect(await page.getByRole("checkbox", { name: "Read your ledger" }).getAttribute("value")).toBe("read:ledger");
  expect(await page.getByText("read:ledger").isVisible()).toBe(false);
  await page.click("summary");
  expect(await page.getByText("read:ledger").isVisible()).toBe(true);
  expect(await page.getByRole("link", { name: "your connected apps" }).getAttribute("href")).toBe("/account/apps");
  await close();
});

test("what cannot be given is parted by its reason", async () => {
  const scopes = EIGHT.map((scope) => ({ ...scope, grantable: !/^(full_access|delete:ledger)$/.test(scope.scope) }));
  const { page, close } = await show({ scopes });
  const [refused = ""] = await text(page, ".not");
  expect(refused.split(/\n+/)).toEqual([
    "You can’t allow it to",
    "Delete entries of your ledger",
    expect.stringMatching(/^Your role at .* does not allow this\. If you need it, ask an administrator there\.$/),
    "Do everything that you can do",
    "This app may not have this, whoever allows it.",
  ]);
  await shoot(page, "page-two-reasons");
  await close();
});

test("asked again: what is new is marked, with the day of the first consent", async () => {
  const at = new Date("2026-03-03T10:00:00Z");
  const { page, close } = await show({ scopes: EIGHT, grantedBefore: { at, scopes: ["openid", "profile", "email"] } });
  expect(await text(page, ".notice")).toEqual(["You gave this app access on March 3, 2026. What is new is marked."]);
  expect(await text(page, "label:has(.new) bdi")).toEqual([
    "Read your ledger",
    "Send invoices in your name",
    "Do everything that you can do",
    "Delete entries of your ledger",
  ]);
  await close();
  const scopes = EIGHT.map(({ scope }) => scope);
  const again = await show({ scopes: EIGHT, grantedBefore: { at: null, scopes } });
  expect(await text(again.page, ".notice, .new")).toEqual([
    "You gave this app access before. It asks for nothing new.",
  ]);
  await again.close();
});

test.each<[string, Given, Brand, string]>([
  ["a partner's", { selfRegistered: false }, PLAIN, "Made by a partner of this site."],
  ["nobody knows whose", {}, PLAIN, "Not made by this site."],
  [
    "not listed",
    { selfRegistered: false, listing: null },
    MERIDIAN,
    "Made by a partner of Meridian. It is not one of the apps that Meridian lists.",
  ],
  ["the marketplace's own", { clientType: "first_party_public" }, MERIDIAN, "Made by Meridian."],
  [
    "registered by itself",
    { selfRegistered: true },
    MERIDIAN,
    "Not checked by Meridian. This app registered itself. Continue only if you know and trust it.",
  ],
])("%s app says who made it", async (_name, given, brand, expected) => {
  const { page, close } = await show(given, brand);
  expect(await text(page, ".app + p")).toEqual([expected]);
  await close();
});

test("links of a listing open apart and tell nothing", async () => {
  const listing = { publisherName: "Ledger Export Ltd", privacyPolicyUrl: "https://a.example/p" };
  const { page, close } = await show({ listing: { ...listing, termsUrl: "https://a.example/t" } });
  const links = page.locator(".app + p a");
  expect(await links.allInnerTexts()).toEqual(["Privacy policy", "Terms"]);
  for (const link of await links.all()) {
    expect([await link.getAttribute("target"), await link.getAttribute("rel")]).toEqual([
      "_blank",
      "noopener noreferrer",
    ]);
  }
  await close();
});

test.each([
  ["https://app.example/cb", "app.example"],
  ["https://accounts.google.com@evil.example/cb", "evil.example"],
  ["https://аpple.example/cb", "xn--pple-43d.example"],
  ["http://127.0.0.1:8976/callback", "a program on this device\n127.0.0.1:8976"],
  ["com.evil.app://accounts.google.com/cb", "an app on this device\nOpened by a link that starts with com.evil.app:"],
  ["com.evil.app:/accounts.google.com", "an app on this device\nOpened by a link that starts with com.evil.app:"],
])("%s leads to %s", async (redirectUri, expected) => {
  const { page, close } = await show({ redirectUri });
  expect((await text(page, ".facts dd")).at(-1)).toBe(expected);
  await close();
});

test.each([
  ["\u200B\u2060\uFEFF", "https://app.example/cb", "app.example"],
  ["\u3164\u115F\uFFA0", "https://app.example/cb", "app.example"],
  ["\u2800 \u2800", "https://app.example/cb", "app.example"],
  ["\u0301\u0301", "https://app.example/cb", "app.example"],
  ["\u{E0041}\u{E0042}\u00AD", "https://app.example/cb", "app.example"],
  ["\uD800", "https://app.example/cb", "app.example"],
  ["", "com.evil.app://accounts.google.com/cb", "connected-app-"],
])("the name %j is nothing to see, and another is shown", async (name, redirectUri, expected) => {
  const { page, close } = await show({ name, redirectUri });
  expect(await page.innerText("h1 bdi")).toContain(expected);
  expect(await page.innerText("h1 bdi")).not.toContain("google");
  await close();
});

test("no text from outside makes the page large", async () => {
  const hostile = "\u{1F98A}<&\"'".repeat(100_000);
  const scopes = Array.from({ length: 100 }, (_, index) => ({
    scope: `${"&".repeat(40)}${index}`,
    description: hostile,
    grantable: index % 2 === 0,
  }));
  const markup = consentPage(createLayout(PLAIN), viewOf({ name: hostile, description: hostile, scopes }));
  expect(Buffer.byteLength(markup)).toBeLessThan(150_000);
});
