import { StartAuthorizationDocument, SubmitConsentDocument } from "../generated/graphql";
import { askStytch, put } from "../support/odd-answer";
import { post } from "../support/post";
import {
  AUTHORIZE,
  authorizePath,
  CHALLENGE,
  type ConsentTests,
  inputOf,
  openForm,
  START,
  signedIn,
  startConsentTests,
} from "./setup";

/** An app of the seed that names itself by the address of its metadata document. */
const ADDRESS = "https://atlas-assistant.example/oauth/client.json";
const SEARCH = "POST /v1/connected_apps/clients/search";
const QUERY = {
  client_id: ADDRESS,
  redirect_uri: "https://atlas-assistant.example/oauth/callback",
  scope: "openid read:ledger",
  code_challenge: CHALLENGE,
  code_challenge_method: "S256",
  prompt: "consent",
};

interface Event {
  action: string;
  outcome: string;
  connectedAppId: string;
  connectedApp: { name: string } | null;
}

let tests: ConsentTests;
let appId: string;
beforeEach(async () => {
  tests = await startConsentTests({ upkeepEveryMs: 50 });
  appId = tests.emulator.state.findClient(ADDRESS)?.client_id ?? "";
});
afterEach(() => tests.stop());

const bearer = async (memberId: string) => ({
  authorization: `Bearer ${(await tests.emulator.mintSession({ memberId })).session_jwt}`,
});

/** What the app's own Organization finds under the app's own id, newest first. */
async function events(): Promise<Event[]> {
  const { data } = await post<{ organization: { auditLog: { nodes: Event[] } } }>(
    tests.url,
    await bearer(tests.emulator.seeded.people.adminId),
    `query ($app: ID!) { organization { auditLog(filter: { connectedAppId: $app }) { nodes {
       action outcome connectedAppId connectedApp { name } } } } }`,
    { app: appId },
  );
  return data?.organization.auditLog.nodes ?? [];
}

async function grantedAt(): Promise<(string | null)[]> {
  const { data } = await post<{
    viewer: { member: { authorizations: { grantedAt: string | null; connectedApp: { id: string } }[] } };
  }>(
    tests.url,
    await bearer(tests.bookkeeper),
    "{ viewer { member { authorizations { grantedAt connectedApp { id } } } } }",
  );
  const mine = data?.viewer.member.authorizations.filter(({ connectedApp }) => connectedApp.id === appId) ?? [];
  return mine.map(({ grantedAt: at }) => at);
}

/** By the mutations; which app they say is asking. */
async function decide(decision: "ALLOW" | "DENY"): Promise<{ appId: string; granted: boolean | null }> {
  const client = await tests.as(tests.bookkeeper);
  const { startAuthorization } = await client.request(StartAuthorizationDocument, { input: inputOf(QUERY) });
  const request = startAuthorization?.authorizationRequest;
  const input = { authorizationRequestId: request?.id ?? "", decision };
  const { submitConsent } = await client.request(SubmitConsentDocument, { input });
  return { appId: request?.connectedApp.id ?? "", granted: submitConsent?.granted ?? null };
}

test.each([
  ["ALLOW", "AUTHORIZATION_GRANTED"],
  ["DENY", "AUTHORIZATION_DENIED"],
] as const)("%s is written down under the app's own id, and Stytch is told the address", async (decision, action) => {
  expect(await decide(decision)).toEqual({ appId, granted: decision === "ALLOW" });
  expect(await events()).toEqual([
    { action, outcome: "DONE", connectedAppId: appId, connectedApp: { name: "Atlas Assistant" } },
  ]);
  // The seed has a grant of its own, which the ledger does not know.
  expect(await grantedAt()).toEqual([decision === "ALLOW" ? expect.any(String) : null]);
  const told = tests.emulator.requests().filter(({ route }) => route === START || route === AUTHORIZE);
  expect(told.map(({ body }) => body)).toEqual(Array(3).fill(expect.objectContaining({ client_id: ADDRESS })));
});

test("after the page, both pages know since when", async () => {
  const browser = await signedIn(tests, tests.bookkeeper);
  const form = await openForm(browser, QUERY);
  expect((await browser.submit({ ...form })).status).toBe(303);

  const day = new Intl.DateTimeFormat("en", { dateStyle: "long", timeZone: "UTC" }).format(new Date());
  expect(await (await browser.get(authorizePath(QUERY))).text()).toContain(`You gave this app access on ${day}.`);
  expect(await (await browser.get("/account/apps")).text()).toContain(day);
});

test("a grant whose answer was lost turns out to be one", async () => {
  tests.emulator.faults.inject({ route: AUTHORIZE, fault: { kind: "reset-after-effect" } });
  await expect(decide("ALLOW")).rejects.toThrow();
  expect(await events()).toMatchObject([{ action: "AUTHORIZATION_GRANTED", outcome: "UNKNOWN" }]);
  tests.advance(120_000);
  for (const end = performance.now() + 10_000; (await events()).length < 2 && performance.now() < end; );
  expect((await events())[0]).toMatchObject({ action: "AUTHORIZATION_GRANTED", outcome: "DONE" });
  expect(await grantedAt()).toEqual([expect.any(String)]);
});

describe("where Stytch answers with the address", () => {
  async function echo(address: string): Promise<void> {
    const { organization_id, member_id } = tests.emulator.state.requireMemberById(tests.bookkeeper);
    const started = await askStytch(tests, "POST", "/v1/b2b/idp/oauth/authorize/start", {
      ...{ client_id: ADDRESS, redirect_uri: QUERY.redirect_uri, response_type: "code", prompt: "consent" },
      ...{ scopes: QUERY.scope.split(" "), organization_id, member_id },
    });
    const body = JSON.stringify(put(started, ["client", "client_id"], address));
    tests.emulator.faults.inject({ route: START, times: 2, fault: { kind: "body", body } });
    tests.calls();
  }

  test("the registered apps tell its own id", async () => {
    await echo(ADDRESS);
    expect(await decide("ALLOW")).toEqual({ appId, granted: true });
    expect(tests.calls()).toEqual([START, SEARCH, START, SEARCH, AUTHORIZE]);
    expect(await events()).toMatchObject([{ outcome: "DONE", connectedAppId: appId }]);
    expect(await grantedAt()).toEqual([expect.any(String)]);
  });

  test("also behind the first thousand of them", async () => {
    const { clients } = tests.emulator.state;
    const app = tests.emulator.state.requireClient(appId);
    clients.delete(appId);
    for (let i = 0; i < 1000; i++) {
      clients.set(`connected-app-test-${i}`, {
        ...app,
        client_id: `connected-app-test-${i}`,
        client_id_metadata_url: "",
      });
    }
    clients.set(appId, app);
    await echo(ADDRESS);
    expect(await decide("ALLOW")).toEqual({ appId, granted: true });
    expect(tests.calls()).toEqual([START, SEARCH, SEARCH, START, SEARCH, SEARCH, AUTHORIZE]);
  });

  test("of an app that is not among them, nobody calls a lost grant not done", async () => {
    await echo("https://elsewhere.example/client.json");
    tests.emulator.faults.inject({ route: AUTHORIZE, fault: { kind: "reset-after-effect" } });
    await expect(decide("ALLOW")).rejects.toThrow();
    tests.advance(120_000);
    const settled = () => tests.logs.filter(({ msg }) => msg === "Operation settled");
    for (const end = performance.now() + 10_000; settled().length === 0 && performance.now() < end; ) await events();
    expect(settled()).toMatchObject([{ action: "AUTHORIZATION_GRANTED", outcome: "UNKNOWN" }]);
  });
});
