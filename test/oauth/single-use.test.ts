import {
  AuthorizationRequestDocument,
  StartAuthorizationDocument,
  SubmitConsentDocument,
  type SubmitConsentInput,
} from "../generated/graphql";
import {
  AUTHORIZE,
  type Browser,
  CALLBACK,
  type ConsentTests,
  heading,
  inputOf,
  openForm,
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
  query = { client_id: id, redirect_uri: CALLBACK, scope: "openid read:ledger", state: "s" };
});
afterEach(() => tests.stop());

const grantedScopes = () => tests.emulator.state.grants.get(tests.bookkeeper, query.client_id ?? "")?.scopes ?? null;
const authorizeCalls = () => tests.emulator.requests(AUTHORIZE).length;

async function expectExpired(response: Response) {
  expect([response.status, response.headers.get("location")]).toEqual([400, null]);
  const page = await response.text();
  expect(heading(page)).toBe("This page has expired");
  // It may come after a grant, as here.
  expect(page).toContain("Nothing more was granted.");
  expect(page.match(/start again/gi)).toHaveLength(1);
  expect(page).toContain('href="/account/apps"');
}

test("a request is used once: two clicks at once, then one more", async () => {
  const form = { ...(await openForm(browser, query)) };
  const responses = await Promise.all([browser.submit(form), browser.submit(form)]);
  expect(responses.map(({ status }) => status).sort()).toEqual([303, 400]);
  await expectExpired(await browser.submit(form));
  expect(authorizeCalls()).toBe(1);
});

test("after ten minutes it is gone", async () => {
  const form = { ...(await openForm(browser, query)) };
  tests.advance(10 * 60_000 - 1000);
  const still = { ...(await openForm(browser, query)) };
  tests.advance(1000);
  await expectExpired(await browser.submit(form));
  expect((await browser.submit(still)).status).toBe(303);
});

test("another session of the same Member cannot use it, and does not use it up", async () => {
  const form = { ...(await openForm(browser, query)) };
  const foreign = await signedIn(tests, tests.bookkeeper);
  const own = await openForm(foreign, query);
  await expectExpired(await foreign.submit({ ...own, request_id: form.request_id }));
  expect(grantedScopes()).toBeNull();
  expect((await browser.submit(form)).status).toBe(303);
});

test("a session swapped between page and submit is refused", async () => {
  const form = { ...(await openForm(browser, query)) };
  const { session_jwt } = await tests.emulator.mintSession({ memberId: tests.emulator.seeded.people.adminId });
  browser.cookies.set("stytch_session_jwt", session_jwt);
  expect((await browser.submit(form)).status).toBe(403);
  expect(authorizeCalls()).toBe(0);
});

test("two tabs are two requests", async () => {
  const [first, second] = [await openForm(browser, query), await openForm(browser, query, "deny")];
  expect(new URL((await browser.submit({ ...second })).headers.get("location") ?? "").searchParams.get("error")).toBe(
    "access_denied",
  );
  expect((await browser.submit({ ...first })).headers.get("location")).toContain("code=");
});

test("authorizationRequest reads it back for its own session only", async () => {
  const client = await tests.as(tests.bookkeeper);
  const { startAuthorization } = await client.request(StartAuthorizationDocument, { input: inputOf(query) });
  const request = startAuthorization?.authorizationRequest;
  expect(request).toMatchObject({
    consentRequired: true,
    redirectUri: CALLBACK,
    connectedApp: { id: query.client_id, name: "Books", clientType: "THIRD_PARTY" },
    member: { id: tests.bookkeeper },
    organization: { name: "Northwind Traders" },
    scopes: [
      { scope: "openid", grantable: true },
      { scope: "read:ledger", grantable: true },
    ],
  });
  const id = request?.id ?? "";
  const read = await client.request(AuthorizationRequestDocument, { id });
  expect(read.authorizationRequest).toMatchObject({ id, scopes: request?.scopes, expiresAt: request?.expiresAt });

  const others = [
    await tests.as(tests.bookkeeper),
    await tests.as(tests.emulator.seeded.people.operatorId),
    await tests.asService(),
  ];
  for (const other of others) {
    expect(await other.request(AuthorizationRequestDocument, { id })).toEqual({ authorizationRequest: null });
    const input = { authorizationRequestId: id, decision: "ALLOW" } as const;
    const { submitConsent } = await other.request(SubmitConsentDocument, { input });
    expect(submitConsent).toMatchObject({ redirectUri: null, userErrors: [{ code: "REQUEST_EXPIRED" }] });
  }
  const input = { authorizationRequestId: id, decision: "ALLOW", scopes: ["openid"] } satisfies SubmitConsentInput;
  const { submitConsent } = await client.request(SubmitConsentDocument, { input });
  expect(submitConsent).toMatchObject({ granted: true, userErrors: [] });
  expect(grantedScopes()).toEqual(["openid"]);
  expect(await client.request(AuthorizationRequestDocument, { id })).toEqual({ authorizationRequest: null });
});

test("a request that Stytch would refuse by now reads as none", async () => {
  const client = await tests.as(tests.bookkeeper);
  const { startAuthorization } = await client.request(StartAuthorizationDocument, { input: inputOf(query) });
  tests.setPolicy("NOT_ALLOWED");
  const id = startAuthorization?.authorizationRequest?.id ?? "";
  expect(await client.request(AuthorizationRequestDocument, { id })).toEqual({ authorizationRequest: null });
});

test.each([[["openid", "write:ledger"]], [["full_access"]], [[]], [[""]]])(
  "scopes %j that were not shown are refused, and the request stays",
  async (scopes) => {
    const client = await tests.as(tests.bookkeeper);
    const { startAuthorization } = await client.request(StartAuthorizationDocument, { input: inputOf(query) });
    const input = {
      authorizationRequestId: startAuthorization?.authorizationRequest?.id ?? "",
      decision: "ALLOW",
    } as const;
    const refused = await client.request(SubmitConsentDocument, { input: { ...input, scopes } });
    expect(refused.submitConsent?.userErrors).toMatchObject([{ code: "SCOPE_NOT_GRANTABLE", field: ["scopes"] }]);
    expect(authorizeCalls()).toBe(0);
    expect((await client.request(SubmitConsentDocument, { input })).submitConsent?.granted).toBe(true);
  },
);

test("a denial counts even where consent is not required", async () => {
  const { id } = await tests.newClient("FIRST_PARTY");
  const client = await tests.as(tests.bookkeeper);
  const { startAuthorization } = await client.request(StartAuthorizationDocument, {
    input: inputOf({ ...query, client_id: id }),
  });
  expect(startAuthorization?.authorizationRequest?.consentRequired).toBe(false);
  const input = {
    authorizationRequestId: startAuthorization?.authorizationRequest?.id ?? "",
    decision: "DENY",
  } as const;
  const { submitConsent } = await client.request(SubmitConsentDocument, { input });
  expect(submitConsent?.granted).toBe(false);
  expect(new URL(submitConsent?.redirectUri ?? "").searchParams.get("error")).toBe("access_denied");
  expect(tests.emulator.state.grants.get(tests.bookkeeper, id) ?? null).toBeNull();
});

test("consent that came to be required after the start is not given unasked", async () => {
  const client = await tests.as(tests.bookkeeper);
  const { state } = tests.emulator;
  const scopes = ["openid", "read:ledger"];
  const { organization_id } = state.requireOrganization("northwind");
  const clientId = query.client_id ?? "";
  state.grants.record({ organization_id, member_id: tests.bookkeeper, client_id: clientId, scopes });
  const { startAuthorization } = await client.request(StartAuthorizationDocument, { input: inputOf(query) });
  expect(startAuthorization?.authorizationRequest?.consentRequired).toBe(false);
  state.grants.revoke(tests.bookkeeper, clientId);
  const input = {
    authorizationRequestId: startAuthorization?.authorizationRequest?.id ?? "",
    decision: "ALLOW",
  } as const;
  const { submitConsent } = await client.request(SubmitConsentDocument, { input });
  expect(submitConsent?.userErrors).toMatchObject([{ code: "CONSENT_CHANGED" }]);
  expect([authorizeCalls(), grantedScopes()]).toEqual([0, null]);
});

test("services must say for whom, and Members must not", async () => {
  const { organization_id } = tests.emulator.state.requireOrganization("northwind");
  const member = { organizationId: organization_id, memberId: tests.bookkeeper };
  const service = await tests.asService();
  const client = await tests.as(tests.bookkeeper);
  for (const [caller, input] of [
    [service, inputOf(query)],
    [client, { ...inputOf(query), member }],
  ] as const) {
    const { startAuthorization } = await caller.request(StartAuthorizationDocument, { input });
    expect(startAuthorization?.userErrors).toMatchObject([{ code: "INVALID", field: ["member"] }]);
  }
  const started = await service.request(StartAuthorizationDocument, { input: { ...inputOf(query), member } });
  const id = started.startAuthorization?.authorizationRequest?.id ?? "";
  const { submitConsent } = await service.request(SubmitConsentDocument, {
    input: { authorizationRequestId: id, decision: "ALLOW" },
  });
  expect(submitConsent?.granted).toBe(true);
  expect(grantedScopes()).toEqual(["openid", "read:ledger"]);
});
