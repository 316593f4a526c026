import { type BrowserTests, type Profile, shoot, startBrowserTests, violations } from "../oauth/browser-setup";
import { startTestGateway } from "../support/gateway";
import { startReplica } from "../support/replica";

let tests: BrowserTests;
beforeAll(async () => {
  tests = await startBrowserTests();
});
afterAll(() => tests.stop());

const FADED_IN =
  "Promise.all(document.querySelector('.fallback').getAnimations().map(({ finished }) => finished)).then(() => null)";

/** No network but the gateway itself; what was asked of others. */
async function openWithoutInternet(gatewayUrl = tests.url): Promise<Profile & { refused: string[] }> {
  const profile = await tests.open({ viewport: { width: 1280, height: 800 } });
  const refused: string[] = [];
  await profile.context.route("**", (route) => {
    const { origin, host } = new URL(route.request().url());
    if (origin === gatewayUrl) return route.continue();
    refused.push(host);
    return route.abort("internetdisconnected");
  });
  return { ...profile, refused };
}

test("without the internet /graphql shows endpoint and examples, and leads to an explorer that works", async () => {
  const { page, refused, close } = await openWithoutInternet();
  await page.goto(`${tests.url}/graphql`);
  expect(refused).toEqual(["embeddable-sandbox.cdn.apollographql.com"]);
  await page.evaluate(FADED_IN);
  expect(await page.innerText(".fallback")).toContain("Apollo Sandbox did not load");
  expect(await page.innerText(".fallback pre")).toContain(`curl ${tests.url}/graphql `);
  expect(await violations(page)).toEqual([]);
  expect(await page.locator("summary").allInnerTexts()).toContain("OrganizationMembers");
  await shoot(page, "graphql-offline");
  await page.click("summary:has-text('OrganizationMembers')");
  await page.click("text=Open OrganizationMembers in the explorer");
  await page.waitForSelector(".graphiql-query-editor .CodeMirror");
  expect(await page.innerText(".graphiql-query-editor")).toContain("query OrganizationMembers");
  await close();
});

test("the explorer opens with the headers that the start chose, completes from the schema, and reports nothing", async () => {
  const { session_token } = await tests.emulator.mintSession({ memberId: tests.bookkeeper });
  const sandboxHeaders = { "X-Stytch-Member-Session": session_token };
  const gateway = await startReplica(tests.emulator, {}, { sandboxHeaders });
  const { page, problems, refused, close } = await openWithoutInternet(gateway.url);
  await page.goto(`${gateway.url}/graphql/explorer?operation=Viewer`);
  await page.waitForSelector(".graphiql-query-editor .CodeMirror");
  // Nothing is typed but the keys that run it.
  await page.click(".graphiql-query-editor .CodeMirror");
  await page.keyboard.press("Control+Enter");
  await page.locator(".result-window", { hasText: tests.bookkeeper }).waitFor();
  expect(await page.innerText("[aria-label='Headers']")).toContain(session_token);
  // What is inside is GraphiQL's own.
  expect((await violations(page)).filter((line) => /^(landmark|region|page)/.test(line))).toEqual([]);
  await page.click("button[aria-label='Show Documentation Explorer']");
  await page.locator(".graphiql-doc-explorer", { hasText: "Mutation" }).waitFor();
  await shoot(page, "explorer");
  expect([problems, refused]).toEqual([[], []]);
  await close();
  await gateway.stop();
});

test("it may load from us alone, and nobody may frame it", async () => {
  const { headers } = await fetch(`${tests.url}/graphql/explorer`);
  const policy = headers.get("content-security-policy") ?? "";
  expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self' 'sha256-[^']+'; /);
  expect(policy).toContain("connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
  expect(headers.get("x-frame-options")).toBe("DENY");
  for (const name of ["x", "<script>alert(1)</script>", "constructor"]) {
    const markup = await (await fetch(`${tests.url}/graphql/explorer?operation=${encodeURIComponent(name)}`)).text();
    expect(markup).not.toContain("alert(1)");
  }
});

test("without introspection there is none of it", async () => {
  const closed = await startTestGateway({ config: { introspection: false } });
  for (const path of ["/graphql/explorer", "/graphql/explorer/graphiql.js"]) {
    expect((await fetch(closed.url + path)).status).toBe(404);
  }
  await closed.stop();
});
