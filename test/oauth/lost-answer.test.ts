import { AUTHORIZE, type Browser, CALLBACK, type ConsentTests, openForm, signedIn, startConsentTests } from "./setup";

let tests: ConsentTests;
let browser: Browser;
beforeAll(async () => {
  tests = await startConsentTests();
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
