import { CALLBACK, type ConsentTests, openForm, signedIn, startConsentTests } from "./setup";

let tests: ConsentTests;
beforeAll(async () => {
  tests = await startConsentTests();
});
afterAll(() => tests.stop());

test.each([
  ["allow", "AUTHORIZATION_GRANTED"],
  ["deny", "AUTHORIZATION_DENIED"],
])("%s on the page leaves an audit line, without state or code", async (decision, action) => {
  const browser = await signedIn(tests, tests.bookkeeper);
  const { id } = await tests.newClient("THIRD_PARTY");
  const form = await openForm(browser, { client_id: id, redirect_uri: CALLBACK, scope: "openid", state: "canary" });
  const before = tests.logs.length;
  const response = await browser.submit({ ...form, decision });
  const lines = tests.logs.slice(before);
  expect(lines.filter(({ msg }) => msg === "audit")).toEqual([
    expect.objectContaining({
      actor: { kind: "MEMBER", id: tests.bookkeeper },
      organizationId: expect.any(String),
      action,
      memberId: tests.bookkeeper,
      connectedAppId: id,
      scopes: ["openid"],
      outcome: "DONE",
      stytchRequestIds: [expect.any(String)],
    }),
  ]);
  const code = new URL(response.headers.get("location") ?? "").searchParams.get("code");
  for (const secret of ["canary", ...(code ? [code] : [])]) expect(JSON.stringify(lines)).not.toContain(secret);
});
