import { startEmulator } from "../../src";

const GATEWAY = "http://127.0.0.1:4000";

type Emulator = Awaited<ReturnType<typeof startEmulator>>;
let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator({ port: 0, gatewayUrl: GATEWAY });
});
afterAll(() => emulator.stop());

const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(emulator.url + path, { method: "POST", redirect: "manual", headers, body: new URLSearchParams(fields) });

const signIn = (return_to: string, memberId = emulator.seeded.people.memberId) =>
  post("/login", { member_id: memberId, return_to });

const cookiesOf = (response: Response): string[] => response.headers.getSetCookie();
const asHeader = (cookies: string[]) => ({ cookie: cookies.map((cookie) => cookie.split(";")[0]).join("; ") });

test("the page lists active Members by Organization and carries return_to along, escaped", async () => {
  const returnTo = '/oauth/authorize?state="><script>alert(1)</script>';
  const response = await fetch(`${emulator.url}/login?return_to=${encodeURIComponent(returnTo)}`);
  const markup = await response.text();
  expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
  expect(markup).not.toContain("<script");
  expect(markup).toContain("&#60;script&#62;");
  for (const { organization_id, organization_name } of emulator.state.organizations.values()) {
    expect(markup).toContain(organization_name.replace("&", "&#38;"));
    for (const { member_id, status } of emulator.state.members.ofOrganization(organization_id)) {
      expect(markup.includes(member_id)).toBe(status === "active");
    }
  }
});

test("the page allows no script, no frame and nothing from elsewhere", async () => {
  const { headers } = await fetch(`${emulator.url}/login`);
  expect(headers.get("content-security-policy")).toMatch(
    /^default-src 'none'; style-src 'sha256-[\w+/=]+'; img-src data:; base-uri 'none'; frame-ancestors 'none'$/,
  );
  expect(headers.get("cache-control")).toBe("no-store");
});

test("signing in sets both session cookies for the host and goes back", async () => {
  const response = await signIn("/oauth/authorize?client_id=a&state=b%26c");
  expect(response.status).toBe(303);
  expect(response.headers.get("location")).toBe(`${GATEWAY}/oauth/authorize?client_id=a&state=b%26c`);
  const cookies = cookiesOf(response);
  expect(cookies).toEqual([
    expect.stringMatching(/^stytch_session=[\w-]{44}; Path=\/; SameSite=Lax; HttpOnly$/),
    expect.stringMatching(/^stytch_session_jwt=[\w.-]+; Path=\/; SameSite=Lax; HttpOnly$/),
  ]);
  const page = await (await fetch(`${emulator.url}/login`, { headers: asHeader(cookies) })).text();
  expect(page).toContain("Signed in as");
});

test.each([
  ["/", "/"],
  ["/graphql?x=1#y", "/graphql?x=1#y"],
  ["/a//b", "/a//b"],
  ["/../../x", "/x"],
  ["", "/"],
  ["graphql", "/"],
  ["//evil.example", "/"],
  ["//evil.example/%2e%2e", "/"],
  ["/\\evil.example", "/"],
  ["\\\\evil.example", "/"],
  ["/\t/evil.example", "/"],
  ["/\n/evil.example", "/"],
  ["\t//evil.example", "/"],
  ["https://evil.example", "/"],
  ["https:evil.example", "/"],
  ["http://127.0.0.1:4000.evil.example", "/"],
  ["javascript:alert(1)", "/"],
  ["@evil.example", "/"],
  [".evil.example", "/"],
])("return_to %j leads to %s of the gateway", async (returnTo, path) => {
  expect((await signIn(returnTo)).headers.get("location")).toBe(GATEWAY + path);
});

test("a Member who is unknown or not active cannot sign in", async () => {
  const gone = [...emulator.state.members.values()].find(({ status }) => status === "deleted");
  for (const memberId of ["", "member-test-none", gone?.member_id ?? ""]) {
    const response = await signIn("/", memberId);
    expect([response.status, cookiesOf(response)]).toEqual([404, []]);
  }
});

test("signing out ends the session and forgets the cookies", async () => {
  const cookies = cookiesOf(await signIn("/"));
  const response = await post("/logout", {}, asHeader(cookies));
  expect([response.status, response.headers.get("location")]).toEqual([303, `${emulator.url}/login`]);
  expect(cookiesOf(response)).toEqual([
    "stytch_session=; Path=/; SameSite=Lax; HttpOnly; Max-Age=0",
    "stytch_session_jwt=; Path=/; SameSite=Lax; HttpOnly; Max-Age=0",
  ]);
  const page = await (await fetch(`${emulator.url}/login`, { headers: asHeader(cookies) })).text();
  expect(page).not.toContain("Signed in as");
});

test("without a gateway the login page stays", async () => {
  const alone = await startEmulator({ port: 0 });
  try {
    const body = new URLSearchParams({ member_id: alone.seeded.people.memberId, return_to: "/graphql" });
    const response = await fetch(`${alone.url}/login`, { method: "POST", redirect: "manual", body });
    expect(response.headers.get("location")).toBe(`${alone.url}/login`);
  } finally {
    await alone.stop();
  }
});
