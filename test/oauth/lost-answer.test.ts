import { memberWithRole } from "../../packages/stytch-emulator/test/oauth/setup";
import { AUTHORIZE, type Browser, CALLBACK, type ConsentTests, openForm, signedIn, startConsentTests } from "./setup";

let tests: ConsentTests;
let browser: Browser;
beforeAll(async () => {
  tests = await startConsentTests({ upkeepEveryMs: 50 });
  browser = await signedIn(tests, tests.bookkeeper);
});
afterAll(() => tests.stop());

test("the answer of a grant is lost: the page says that nobody knows, and the audit line says so too", async () => {
  const { id } = await tests.newClient("THIRD_PARTY");
  const form = {
    ...(await openForm(browser, { client_id: id, redirect_uri: CALLBACK, scope: "openid", prompt: "consent" })),
  };
  tests.emulator.faults.inject({ route: AUTHORIZE, fault: { kind: "reset-after-effect" } });
  const response = await browser.submit(form);
  const page = await response.text();

  expect([response.status, response.headers.get("location")]).toEqual([502, null]);
  expect(page).toContain("We do not know whether this worked");
  expect(page).not.toContain("Nothing was granted");
  expect(page).toContain('href="/account/apps"');
  const granted = tests.emulator.state.grants.ofMember(tests.bookkeeper);
  expect([...granted].map(({ client_id }) => client_id)).toContain(id);
  expect(tests.logs.filter(({ msg }) => msg === "audit").at(-1)).toMatchObject({
    action: "AUTHORIZATION_GRANTED",
    outcome: "UNKNOWN",
    memberId: tests.bookkeeper,
    connectedAppId: id,
  });
});

const outcomesOf = (clientId: string) =>
  tests.logs
    .filter(({ msg, connectedAppId }) => msg === "audit" && connectedAppId === clientId)
    .map(({ action, outcome }) => `${action} ${outcome}`)
    .filter((line) => line.startsWith("AUTHORIZATION"));

test.each([
  ["without a code, at another place", { redirect_uri: "https://evil.example/?code=x&state=s1" }, true],
  ["without a code, with one in the address", { redirect_uri: `${CALLBACK}&code=x&state=s1` }, true],
  [
    "with a code, at another place",
    { redirect_uri: "https://evil.example/?code=x&state=s1", authorization_code: "x" },
    false,
  ],
])("%s: page and audit log say alike that nobody knows, and Stytch is asked", async (_, body, granted) => {
  const { id } = await tests.newClient("THIRD_PARTY");
  const query = { client_id: id, redirect_uri: CALLBACK, scope: "openid", state: "s1", prompt: "consent" };
  const form = { ...(await openForm(browser, query)) };
  const fault = { kind: "body", body: JSON.stringify({ status_code: 200, request_id: "r", ...body }) } as const;
  tests.emulator.faults.inject({ route: AUTHORIZE, fault });
  const response = await browser.submit(form);
  expect(response.status).toBe(502);
  expect(await response.text()).toContain("We do not know whether this worked");
  expect(outcomesOf(id)).toEqual(["AUTHORIZATION_GRANTED UNKNOWN"]);
  if (granted) {
    const { member_id, organization_id } = memberWithRole(tests.emulator, "bookkeeper");
    tests.emulator.state.grants.record({ member_id, organization_id, client_id: id, scopes: ["openid"] });
  }
  const { requestId } = tests.logs.findLast(({ msg }) => msg === "audit") ?? {};
  tests.advance(120_000);
  expect(await settled(requestId)).toMatchObject({ outcome: granted ? "DONE" : "FAILED" });
});

test("a proper denial at the app's own address is a refusal", async () => {
  const { id } = await tests.newClient("THIRD_PARTY");
  const query = { client_id: id, redirect_uri: CALLBACK, scope: "openid", state: "s1", prompt: "consent" };
  const form = { ...(await openForm(browser, query)) };
  const redirect_uri = `${CALLBACK}&error=access_denied&state=s1`;
  const body = JSON.stringify({ status_code: 200, request_id: "r", redirect_uri });
  tests.emulator.faults.inject({ route: AUTHORIZE, fault: { kind: "body", body } });
  expect((await browser.submit(form)).headers.get("location")).toBe(redirect_uri);
  expect(outcomesOf(id)).toEqual(["AUTHORIZATION_GRANTED REFUSED"]);
});

/** What the sweeper wrote to the log. */
async function settled(requestId: unknown) {
  for (const end = performance.now() + 20_000; performance.now() < end; ) {
    const line = tests.logs.find((found) => found.msg === "Operation settled" && found.requestId === requestId);
    if (line) return line;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error("Not settled.");
}
