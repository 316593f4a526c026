import type { Fault } from "stytch-emulator";
import {
  AUTHORIZE,
  authorizePath,
  type Browser,
  CALLBACK,
  type ConsentTests,
  openForm,
  START,
  signedIn,
  startConsentTests,
} from "./setup";

let tests: ConsentTests;
let browser: Browser;
let query: Record<string, string>;
beforeAll(async () => {
  tests = await startConsentTests({ config: { upstreamTimeoutMs: 300 } });
  browser = await signedIn(tests, tests.bookkeeper);
  const { id } = await tests.newClient("THIRD_PARTY");
  query = { client_id: id, redirect_uri: CALLBACK, scope: "openid", state: "s", prompt: "consent" };
});
afterAll(() => tests.stop());
afterEach(() => tests.emulator.faults.clear());

const troubles: [Fault, number][] = [
  [{ kind: "status", status: 500 }, 502],
  [{ kind: "reset" }, 502],
  [{ kind: "body", body: "<html>" }, 502],
  [{ kind: "status", status: 429 }, 503],
  [{ kind: "hang" }, 504],
  [{ kind: "status", status: 401, errorType: "unauthorized_credentials" }, 500],
];

test.each(troubles)("%j is a page with a request id, at the start and at the end", async (fault, status) => {
  const form = { ...(await openForm(browser, query)) };
  for (const route of [START, AUTHORIZE]) tests.emulator.faults.inject({ route, fault, times: 10 });
  const started = await browser.get(authorizePath(query));
  tests.emulator.faults.clear();
  tests.emulator.faults.inject({ route: AUTHORIZE, fault, times: 10 });
  const submitted = await browser.submit(form);
  for (const response of [started, submitted]) {
    expect([response.status, response.headers.get("location")]).toEqual([status, null]);
    expect(await response.text()).toMatch(/Request id: [\da-f-]{36}/);
  }
});
