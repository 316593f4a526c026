import { sdkFor } from "../../packages/stytch-emulator/test/sdk";
import {
  authorizePath,
  type Browser,
  CALLBACK,
  type ConsentTests,
  MEMBER_APPS,
  openForm,
  REGISTRATION,
  signedIn,
  startConsentTests,
} from "./setup";

let tests: ConsentTests;
let browser: Browser;
let query: Record<string, string>;
beforeEach(async () => {
  tests = await startConsentTests();
  browser = await signedIn(tests, tests.bookkeeper);
  const { id } = await tests.newClient("THIRD_PARTY");
  query = { client_id: id, redirect_uri: CALLBACK, scope: "openid read:ledger", prompt: "consent" };
  tests.calls();
});
afterEach(() => tests.stop());

const show = async (): Promise<string> => (await browser.get(authorizePath(query))).text();

function registeredBy(creation_method: string) {
  const client = tests.emulator.state.clients.get(query.client_id ?? "");
  if (!client) throw new Error("no client");
  tests.emulator.state.clients.set(client.client_id, { ...client, creation_method });
}

test.each(["DCR", "CIMD"])(
  "an app that registered itself by %s is called unchecked, and asked about once",
  async (by) => {
    registeredBy(by);
    for (let visit = 0; visit < 2; visit++) expect(await show()).toContain("Not checked by this site.");
    expect(tests.calls().filter((route) => route === REGISTRATION)).toHaveLength(1);
  },
);

test("one that the operator registered is a partner's; the marketplace's own is not asked about", async () => {
  expect(await show()).toContain("Made by a partner of this site.");
  query = { ...query, client_id: (await tests.newClient("FIRST_PARTY")).id };
  tests.calls();
  expect(await show()).toContain("Made by this site.");
  expect(tests.calls()).not.toContain(REGISTRATION);
});

test("where that cannot be told, the question is asked without a reassurance", async () => {
  tests.emulator.faults.inject({ route: REGISTRATION, fault: { kind: "status", status: 404 } });
  const markup = await show();
  expect(markup).toContain("Not made by this site.");
  expect(markup).toContain('value="allow"');
});

test("asked again, it says since when the app has access, and marks what is new", async () => {
  expect(await show()).not.toContain("You gave this app access");
  const day = new Intl.DateTimeFormat("en", { dateStyle: "long", timeZone: "UTC" }).format(new Date());
  await browser.submit({ ...(await openForm(browser, query)), scope: ["openid"] });
  const markup = await show();
  expect(markup).toContain(`You gave this app access on ${day}. What is new is marked.`);
  expect(markup.match(/class="new"/g)).toHaveLength(1);
  const other = await signedIn(tests, tests.emulator.seeded.people.adminId);
  expect(await (await other.get(authorizePath(query))).text()).not.toContain("You gave this app access");
});

describe("what the app has is what Stytch says, wherever it was given or taken back", () => {
  const member = () => {
    const { organization_id, member_id } = tests.emulator.state.requireMemberById(tests.bookkeeper);
    return { organization_id, member_id };
  };

  test("given elsewhere: it says so, without a day, and marks what is new", async () => {
    await sdkFor(tests.emulator).idp.oauth.authorize({
      ...member(),
      client_id: query.client_id ?? "",
      redirect_uri: CALLBACK,
      response_type: "code",
      scopes: ["openid"],
      consent_granted: true,
    });
    tests.calls();
    const markup = await show();
    expect(markup).toContain("You gave this app access before. What is new is marked.");
    expect(markup.match(/class="new"/g)).toHaveLength(1);
    expect(tests.calls().filter((route) => route === MEMBER_APPS)).toHaveLength(1);
  });

  test("revoked elsewhere: nothing is called known", async () => {
    await browser.submit({ ...(await openForm(browser, query)) });
    expect(await show()).toContain("It asks for nothing new.");
    await sdkFor(tests.emulator).organizations.members.connectedApps.revoke({
      ...member(),
      connected_app_id: query.client_id ?? "",
    });
    const markup = await show();
    expect(markup).not.toContain("You gave this app access");
    expect(markup).not.toContain('class="new"');
  });

  test("where that cannot be read, the question is asked without it", async () => {
    await browser.submit({ ...(await openForm(browser, query)) });
    tests.emulator.faults.inject({ route: MEMBER_APPS, fault: { kind: "status", status: 403 } });
    const markup = await show();
    expect(markup).not.toContain("You gave this app access");
    expect(markup).toContain('value="allow"');
  });
});
