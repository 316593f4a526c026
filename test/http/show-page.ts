import { join } from "node:path";
import type { BrowserContextOptions } from "playwright-core";
import type { Layout } from "../../src/http/page";
import { type BrowserTests, overflow, type Profile, shoot, violations } from "../oauth/browser-setup";

const LOGO = join(__dirname, "../support/logo.png");

/** A page as a browser gets it: with its headers, and nothing else to be had but pictures. */
export async function showPage(
  tests: BrowserTests,
  layout: Layout,
  body: string,
  options: BrowserContextOptions = {},
): Promise<Profile> {
  const profile = await tests.open({ viewport: { width: 1280, height: 800 }, ...options });
  await profile.context.route("**", (route) =>
    route.request().isNavigationRequest()
      ? route.fulfill({ body, headers: { ...layout.headers, "content-type": "text/html; charset=utf-8" } })
      : route.fulfill({ path: LOGO }),
  );
  await profile.page.goto("https://gateway.example/page");
  return profile;
}

export const LOOKS: [string, BrowserContextOptions][] = [
  ["light", {}],
  ["dark", { colorScheme: "dark" }],
  ["narrow", { viewport: { width: 320, height: 640 } }],
  ["narrow-dark", { viewport: { width: 320, height: 640 }, colorScheme: "dark" }],
];

/** Accessible, nothing sticks out, nothing on the console; with a picture for whoever wants to look. */
export async function expectFine({ page, problems, close }: Profile, name: string): Promise<void> {
  await shoot(page, name);
  expect(await violations(page)).toEqual([]);
  expect(await overflow(page)).toBe(0);
  expect(problems).toEqual([]);
  await close();
}
