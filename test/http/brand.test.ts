import { authorizePath, type ConsentTests, signedIn, startConsentTests } from "../oauth/setup";

const BRAND = {
  name: "Meridian & Sons",
  color: "#ffc400",
  supportUrl: "mailto:help@meridian.example",
  logoUrl: "https://127.0.0.1/logo.png",
};

let tests: ConsentTests;
beforeAll(async () => {
  tests = await startConsentTests({ config: { brand: BRAND } });
});
afterAll(() => tests.stop());

const get = async (path: string) => (await signedIn(tests, tests.bookkeeper)).get(path);

test("consent and errors carry the marketplace's name, logo, color and a way to help", async () => {
  const { clientId, redirectUrl } = tests.emulator.seeded.demoApp;
  const consent = authorizePath({ client_id: clientId, redirect_uri: redirectUrl, prompt: "consent" });
  const broken = authorizePath({ client_id: "none", redirect_uri: redirectUrl });
  for (const [path, title] of [
    [consent, "Give Ledger Export access? – Meridian &#38; Sons"],
    [broken, "This link does not work – Meridian &#38; Sons"],
  ] as const) {
    const markup = await (await get(path)).text();
    expect(markup).toContain(`<title>${title}</title>`);
    expect(markup).toContain('<img src="/brand/logo" alt=""><span>Meridian &#38; Sons</span>');
    expect(markup).toContain("--accent: #ffc400; --on-accent: #000000;");
    expect(markup).toMatch(
      /<footer><a href="mailto:help@meridian\.example"[^>]*>Get help from Meridian &#38; Sons<\/a>/,
    );
    expect(markup).toContain('<link rel="icon" href="/favicon.svg"');
  }
});

test.each(["/favicon.svg", "/favicon.ico", "/brand/logo"])(
  "%s is the marketplace's initial in its color",
  async (path) => {
    const response = await get(path);
    expect(response.headers.get("content-type")).toBe("image/svg+xml");
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    const picture = await response.text();
    expect(picture).toContain('fill="#ffc400"');
    expect(picture).toContain(">M</text>");
  },
);

test("that the logo cannot be fetched is logged, once", async () => {
  for (let time = 0; time < 2; time++) await get("/brand/logo");
  const said = tests.logs.filter(({ msg }) => String(msg).startsWith("BRAND_LOGO_URL cannot be fetched"));
  expect(said).toEqual([expect.objectContaining({ level: 40, logoUrl: BRAND.logoUrl, reason: expect.any(String) })]);
});

test("the demo app's logo is named by a path of ours, which turns into its initial", async () => {
  const { clientId, redirectUrl } = tests.emulator.seeded.demoApp;
  const consent = authorizePath({ client_id: clientId, redirect_uri: redirectUrl, prompt: "consent" });
  const markup = await (await get(consent)).text();
  const [, path = ""] = /<img class="logo" src="([^"]+)"/.exec(markup) ?? [];
  expect(path).toMatch(/^\/logos\/app\?url/);
  const response = await get(path.replaceAll("&#61;", "=").replaceAll("&#38;", "&").replaceAll("&amp;", "&"));
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "image/svg+xml"]);
  expect(await response.text()).toContain(">L</text>");
});

test("trouble upstream offers another try, of the same question", async () => {
  tests.emulator.faults.inject({
    route: "POST /v1/b2b/idp/oauth/authorize/start",
    times: 10,
    fault: { kind: "status", status: 500 },
  });
  const { clientId, redirectUrl } = tests.emulator.seeded.demoApp;
  const path = authorizePath({ client_id: clientId, redirect_uri: redirectUrl, state: '"><b>' });
  const response = await get(path);
  const markup = await response.text();
  expect(response.status).toBe(502);
  const [, again = ""] = /<a class="button" href="([^"]+)">Try again<\/a>/.exec(markup) ?? [];
  expect(again.replaceAll("&#38;", "&").replaceAll("&#61;", "=").replaceAll("&amp;", "&")).toBe(path);
});
