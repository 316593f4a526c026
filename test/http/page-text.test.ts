import fc from "fast-check";
import { type AccountApp, accountPage } from "../../src/http/account.page";
import { createLayout } from "../../src/http/page";
import { readableOn, textOn } from "../../src/http/page.color";
import { messagePage } from "../../src/http/page.message";
import { isGrave, wordsOf } from "../../src/http/page.scopes";
import { clean } from "../../src/http/page.text";

const layout = createLayout({ name: undefined, logoUrl: undefined, color: undefined, supportUrl: undefined });

const SPECIAL = [
  "<",
  ">",
  '"',
  "'",
  "&",
  "`",
  "\u202E",
  "\u2066",
  "\u200B",
  "\u2028",
  "\0",
  "\uD800",
  "{{",
  "-->",
  "</",
];
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.array(fc.oneof(fc.constantFrom(...SPECIAL), fc.string()), { maxLength: 20 }).map((parts) => parts.join("")),
);
/** Elements and their attributes' names, in order. */
const shapeOf = (markup: string) =>
  markup
    .replace(/<style>.*?<\/style>/s, "")
    .replace(/="[^"]*"/g, "")
    .match(/<[^>]*>/g);

test("no text adds an element or an attribute to a page", () => {
  const pageOf = (word: string): string => {
    const app: AccountApp = {
      clientId: `app-${word}`,
      name: `A${word}`,
      scopes: [{ scope: `s${word}`, description: `d${word}` }],
      grantedAt: null,
      supportUrl: `https://a.example/?${new URLSearchParams({ word })}`,
      logoPath: undefined,
    };
    const member = { name: `M${word}`, emailAddress: `e${word}` };
    const view = { apps: [app], member, organizationName: `O${word}`, loginUrl: undefined };
    return (
      accountPage(layout, view) + messagePage(layout, { title: `T${word}`, text: [`p${word}`], value: `v${word}` })
    );
  };
  const shape = shapeOf(pageOf("x"));
  fc.assert(
    fc.property(text, (word) => void expect(shapeOf(pageOf(word))).toEqual(shape)),
    { numRuns: 300 },
  );
});

test("what is shown of a text is bounded, has no invisible character, and is empty if nothing can be seen", () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 50 }), (untrusted, max) => {
      const shown = clean(untrusted, max);
      expect([...shown].length).toBeLessThanOrEqual(max + 1);
      expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2800\u3164]|\s\s/u);
      expect(shown === "" || /[\p{L}\p{N}\p{P}\p{S}]/u.test(shown)).toBe(true);
      expect(clean(shown, max + 1)).toBe(shown);
    }),
    { numRuns: 1000 },
  );
});

test.each([
  ["a\u0301\u0301\u0301\u0301\u0301b", "a\u0301\u0301\u0301b"],
  ["  two\n\tlines\u2029here ", "two lines here"],
  ["a\t\0\t\u200Bb", "a b"],
  ["👩\u200D🌾 farm", "👩🌾 farm"],
  [`${"x".repeat(100)} y`, `${"x".repeat(40)}…`],
])("%j is shown as %j", (untrusted, shown) => {
  expect(clean(untrusted, 40)).toBe(shown);
});

test.each([
  ["full_access", "", true],
  ["delete:ledger", "Manage your ledger", true],
  ["ledger.delete", "", true],
  ["ledger_purge", "", true],
  ["manage:ledger", "Change and remove entries", true],
  ["read:ledger", "Read your ledger", false],
  ["offline_access", "", false],
  ["read:undeleted", "See what was undeleted", false],
])("%s (%s) is grave: %p", (scope, description, expected) => {
  expect(isGrave({ scope, description })).toBe(expected);
});

test("a scope without words of the project has ours, or its name", () => {
  const words = (scope: string, description = "") => wordsOf({ scope, description });
  expect([words("openid"), words("openid", "Know you"), words("paint:ledger")]).toEqual([
    "Sign you in",
    "Know you",
    "paint:ledger",
  ]);
});

/** https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio, written down a second time. */
function contrast(one: string, other: string): number {
  const [a = 0, b = 0] = [one, other].map((color) => {
    const linear = (color.match(/[\da-f]{2}/g) ?? []).map((pair) => {
      const value = Number.parseInt(pair, 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * (linear[0] ?? 0) + 0.7152 * (linear[1] ?? 0) + 0.0722 * (linear[2] ?? 0) + 0.05;
  });
  return Math.max(a, b) / Math.min(a, b);
}

test("whatever the accent color, text on it and links in it can be read", () => {
  const color = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, "0")}`);
  fc.assert(
    fc.property(color, (accent) => {
      expect(contrast(accent, textOn(accent))).toBeGreaterThanOrEqual(4.5);
      for (const grounds of [
        ["#ffffff", "#f3f5f8", "#fff5e0"],
        ["#1a2029", "#10141a", "#362a12"],
      ]) {
        const link = readableOn(accent, grounds);
        for (const ground of grounds) expect(contrast(link, ground)).toBeGreaterThanOrEqual(4.5);
      }
    }),
    { numRuns: 1000 },
  );
});
