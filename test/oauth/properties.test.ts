import fc from "fast-check";
import { StartAuthorizationDocument, SubmitConsentDocument } from "../generated/graphql";
import {
  AUTHORIZE,
  authorizePath,
  type Browser,
  CALLBACK,
  type ConsentTests,
  inputOf,
  openForm,
  pairsOf,
  readForm,
  signedIn,
  startConsentTests,
} from "./setup";

let tests: ConsentTests;
let browser: Browser;
let query: Record<string, string>;
beforeAll(async () => {
  tests = await startConsentTests();
  browser = await signedIn(tests, tests.bookkeeper);
  const { id } = await tests.newClient("THIRD_PARTY");
  query = { client_id: id, redirect_uri: CALLBACK, scope: "openid read:ledger delete:ledger", state: "s", nonce: "n" };
});
afterAll(() => tests.stop());

const SHOWN = ["openid", "read:ledger"];
const OPTIONS = { numRuns: 60 };
const forget = () => tests.emulator.state.grants.forget(tests.bookkeeper, query.client_id ?? "");
const granted = () => tests.emulator.state.grants.get(tests.bookkeeper, query.client_id ?? "")?.scopes ?? [];

/** Every `authorize` so far was for what was stored: the rest of the request cannot be changed by whoever decides. */
function expectStored() {
  for (const { body } of tests.emulator.requests(AUTHORIZE)) {
    expect(body).toMatchObject({ client_id: query.client_id, redirect_uri: CALLBACK, state: "s", nonce: "n" });
  }
  expect(SHOWN).toEqual(expect.arrayContaining(granted()));
}

const name = fc.oneof(
  fc.constantFrom(
    "_csrf",
    "request_id",
    "decision",
    "scope",
    "scopes",
    "redirect_uri",
    "client_id",
    "state",
    "__proto__",
  ),
  fc.string({ maxLength: 12 }),
);
const value = fc.oneof(
  fc.constantFrom("", "allow", "deny", "write:ledger", "https://evil.example/", "null"),
  fc.string({ maxLength: 40 }),
);

test("no change to the form grants more than was shown, and none but allow grants at all", async () => {
  const change = fc.record({ kind: fc.constantFrom("set", "add", "drop"), name, value });
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
      forget();
      tests.calls();
      const form = await openForm(browser, query);
      let fields = pairsOf({ ...form });
      for (const { kind, name, value } of changes) {
        if (kind !== "add") fields = fields.filter(([field]) => field !== name);
        if (kind !== "drop") fields.push([name, value]);
      }
      const response = await browser.submit(fields);
      expectStored();
      const sent = (name: string) => fields.filter(([field]) => field === name).map(([, value]) => value);
      const scopes = sent("scope");
      const isWhole =
        [form._csrf, form.request_id, form.decision].join() ===
          [sent("_csrf"), sent("request_id"), sent("decision")].join() &&
        scopes.length > 0 &&
        scopes.every((scope) => SHOWN.includes(scope));
      expect(granted()).toEqual(isWhole ? [...new Set(scopes)] : []);
      if (isWhole) expect(response.status).toBe(303);
    }),
    OPTIONS,
  );
});

test("no scopes of the mutation grant more than was shown", async () => {
  const client = await tests.as(tests.bookkeeper);
  const scope = fc.oneof(
    fc.constantFrom(...SHOWN, "delete:ledger", "write:ledger", "full_access", "offline_access"),
    value,
  );
  await fc.assert(
    fc.asyncProperty(fc.array(scope, { maxLength: 4 }), fc.option(value), async (scopes, id) => {
      forget();
      tests.calls();
      const { startAuthorization } = await client.request(StartAuthorizationDocument, { input: inputOf(query) });
      const authorizationRequestId = id ?? startAuthorization?.authorizationRequest?.id ?? "";
      const input = { authorizationRequestId, decision: "ALLOW" as const, scopes };
      const { submitConsent } = await client.request(SubmitConsentDocument, { input });
      expectStored();
      const isSubset = scopes.length > 0 && scopes.every((scope) => SHOWN.includes(scope));
      expect(submitConsent?.granted ?? false).toBe(id === null && isSubset);
      expect(granted().sort()).toEqual(submitConsent?.granted ? [...new Set(scopes)].sort() : []);
    }),
    OPTIONS,
  );
});

test("no query leads a browser anywhere but to the registered address or the login page", async () => {
  const parameter = fc.tuple(
    fc.constantFrom(
      "client_id",
      "redirect_uri",
      "scope",
      "state",
      "prompt",
      "response_type",
      "resource",
      "code_challenge",
    ),
    fc.oneof(
      value,
      fc.webUrl(),
      fc.constantFrom(CALLBACK, "https://app.example/cb", `${CALLBACK}#`, `${CALLBACK}&x=1`),
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(parameter, { minLength: 1, maxLength: 3 }), fc.boolean(), async (parameters, isAdded) => {
      const kept = Object.entries(query).filter(([name]) => isAdded || parameters.every(([other]) => other !== name));
      const response = await browser.get(authorizePath([...kept, ...parameters]));
      expect([200, 303, 400]).toContain(response.status);
      if (response.status === 303) expect(response.headers.get("location")?.startsWith(`${CALLBACK}&`)).toBe(true);
      if (response.status === 200) expect(readForm(await response.text()).request_id).not.toBe("");
    }),
    OPTIONS,
  );
});
