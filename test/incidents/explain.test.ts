import { ExplainAuthorizationDocument, type ExplainAuthorizationInput } from "../generated/graphql";
import { authorizePath } from "../oauth/setup";
import { type CallerKind, callersOf } from "../support/callers";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { codeOf, post } from "../support/post";

const START = "POST /v1/b2b/idp/oauth/authorize/start";
const CLIENT = "GET /v1/connected_apps/clients/:client_id";
const POLICY = "GET /v1/b2b/rbac/policy";
const DOCUMENT = `query ($input: ExplainAuthorizationInput!) {
  explainAuthorization(input: $input) { outcome scopes { scope grantable } problems { parameter message } }
}`;

let gateway: TestGateway;
let callers: Awaited<ReturnType<typeof callersOf>>;
beforeAll(async () => {
  gateway = await startTestGateway();
  callers = await callersOf(gateway);
});
afterAll(() => gateway.stop());

const appId = (name: string) =>
  [...gateway.emulator.state.clients.values()].find(({ client_name }) => client_name === name)?.client_id ?? "";

const url = (scope: string, app = "Invoice Sync") =>
  gateway.url +
  authorizePath({
    client_id: appId(app),
    redirect_uri: "https://app.invoice-sync.example/connect/callback",
    state: "a-state-that-nobody-shall-log",
    scope,
  });

const ask = (input: ExplainAuthorizationInput, kind: CallerKind = "service read:marketplace") => {
  gateway.calls();
  return post<{ explainAuthorization: { outcome: string; scopes: unknown[]; problems: { message: string }[] } }>(
    gateway.url,
    callers[kind],
    DOCUMENT,
    { input },
  );
};

const CALLERS: [CallerKind, string | undefined][] = [
  ["nobody", "UNAUTHENTICATED"],
  ["plain Member", "FORBIDDEN"],
  ["organization admin", "FORBIDDEN"],
  ["service manage:clients", "FORBIDDEN"],
  ["service manage:authorizations", "FORBIDDEN"],
  ["a Connected App", "UNAUTHENTICATED"],
  ["service read:marketplace", undefined],
  ["operator person", undefined],
];
test.each(CALLERS)("by %s: %s", async (kind, code) => {
  const answer = await ask({ url: url("openid"), memberId: gateway.emulator.seeded.people.memberId }, kind);
  expect(codeOf(answer)).toBe(code);
  if (code) expect(gateway.calls()).toEqual([]);
  else expect(answer.data?.explainAuthorization).toMatchObject({ problems: [] });
});

test("without a Member it is about one who has not connected the app, and Stytch starts nothing", async () => {
  const { data } = await ask({ url: url("openid read:ledger delete:ledger") });
  expect(data?.explainAuthorization).toEqual({
    outcome: "CONSENT",
    scopes: [],
    problems: [{ parameter: "scope", message: "No role of this project lets anybody grant delete:ledger." }],
  });
  expect(gateway.calls().sort()).toEqual([POLICY, CLIENT].sort());
});

test("an Organization's policy counts without a Member too", async () => {
  const { data } = await ask({ url: url("openid"), organizationId: "bluefin" });
  expect(data?.explainAuthorization).toMatchObject({
    outcome: "ERROR_REDIRECT",
    problems: [
      {
        parameter: "client_id",
        message: "The policy of this Organization does not allow it: of third-party apps, it allows none.",
      },
    ],
  });
});

test("with problems, the scopes are still those that the Member would see", async () => {
  const { memberId } = gateway.emulator.seeded.people;
  const { data } = await ask({ url: `${url("openid read:ledger nonsense")}&state=again`, memberId });
  expect(data?.explainAuthorization.scopes).toEqual([
    { scope: "openid", grantable: true },
    { scope: "read:ledger", grantable: false },
  ]);
  expect(data?.explainAuthorization.problems.map(({ message }) => message)).toEqual([
    "state must not be repeated.",
    "There is no scope nonsense in this project.",
    "Nobody with this Member's roles can grant read:ledger.",
  ]);
  expect(gateway.calls().filter((route) => route === START)).toHaveLength(1);
});

test.each([
  [{ memberId: "member-test-00000000-0000-4000-8000-000000000000" }],
  [{ memberId: "x" }],
  [{ organizationId: "nobody-knows" }],
])("%j is not found", async (whose) => {
  expect(codeOf(await ask({ url: url("openid"), ...whose }))).toBe("NOT_FOUND");
});

test("this machine under another of its names is no other host; another port is", async () => {
  const [{ pathname, search, port }, messages] = [new URL(url("openid")), [] as unknown[]];
  for (const origin of [`http://localhost:${port}`, `http://[::1]:${port}`, "http://localhost:1"]) {
    const { data } = await ask({ url: origin + pathname + search });
    messages.push(data?.explainAuthorization.problems.map(({ message }) => message));
  }
  expect(messages).toEqual([[], [], ["This URL leads to another host than this gateway."]]);
});

test("another host, and what is no URL", async () => {
  const { pathname, search } = new URL(url("openid"));
  const elsewhere = await ask({ url: `https://elsewhere.example${pathname}${search}` });
  expect(elsewhere.data?.explainAuthorization).toMatchObject({
    outcome: "ERROR_PAGE",
    problems: [{ parameter: null, message: "This URL leads to another host than this gateway." }],
  });
  const broken = await ask({ url: "https://" });
  expect(broken.data?.explainAuthorization).toMatchObject({
    outcome: "ERROR_PAGE",
    problems: [{ parameter: null, message: "This is no URL." }],
  });
  const relative = await ask({ url: pathname + search });
  expect(relative.data?.explainAuthorization).toMatchObject({ outcome: "CONSENT", problems: [] });
});

test("an app is found by the address of its metadata document", async () => {
  const metadata = "https://atlas-assistant.example/oauth/client.json";
  const query = {
    client_id: metadata,
    redirect_uri: "https://atlas-assistant.example/oauth/callback/",
    scope: "openid",
  };
  const { data } = await ask({ url: gateway.url + authorizePath(query) });
  expect(data?.explainAuthorization.problems.map(({ message }) => message)).toEqual([
    expect.stringContaining("a trailing slash"),
    expect.stringContaining("PKCE"),
  ]);
});

test("nothing of the URL is logged, and the typed document asks for everything", async () => {
  const client = await gateway.asService(["read:marketplace"]);
  const answer = await client.request(ExplainAuthorizationDocument, { input: { url: `${url("openid")}&secret=hush` } });
  expect(answer.explainAuthorization?.problems).toMatchObject([{ parameter: "secret", sent: null }]);
  expect(JSON.stringify(gateway.logs)).not.toMatch(/hush|a-state-that-nobody-shall-log/);
});
