import { CreateClientDocument, RevokeMemberAppDocument, UpdateClientDocument } from "../generated/graphql";
import { callersOf } from "../support/callers";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { type Answer, codeOf, post } from "../support/post";

let gateway: TestGateway;
let callers: Awaited<ReturnType<typeof callersOf>>;
/** What the emulator's clock is ahead of this machine's. */
let aheadMs = 0;
beforeAll(async () => {
  gateway = await startTestGateway({
    emulator: { clock: () => new Date(Date.now() + aheadMs) },
    config: { introspection: false },
  });
  callers = await callersOf(gateway);
});
afterEach(() => void gateway.calls());
afterAll(() => gateway.stop());

test("revoking twice says that there is nothing to revoke, of an app that exists as of one that does not", async () => {
  const { people, demoApp } = gateway.emulator.seeded;
  const client = gateway.client(callers["plain Member"]);
  const revoke = async (connectedAppId: string) =>
    (await client.request(RevokeMemberAppDocument, { input: { memberId: people.memberId, connectedAppId } }))
      .revokeMemberApp?.userErrors;
  expect(await revoke(demoApp.clientId)).toEqual([]);
  for (const id of [demoApp.clientId, "connected-app-test-11111111-1111-4111-8111-111111111111"]) {
    expect(await revoke(id)).toEqual([
      expect.objectContaining({
        code: "NOT_FOUND",
        field: ["connectedAppId"],
        message: "This Member has not authorized such a Connected App, or not any more.",
      }),
    ]);
  }
});

test("an expired M2M token is told that it has expired and what to do, each time; a forged one is not", async () => {
  aheadMs = -2 * 3_600_000;
  const token = await gateway.emulator.mintM2mToken();
  aheadMs = 0;
  const ask = (bearer: string) => post(gateway.url, { authorization: `Bearer ${bearer}` }, "{ viewer { isOperator } }");
  for (const _ of [1, 2]) {
    const answer = await ask(token);
    expect([answer.status, codeOf(answer)]).toEqual([401, "UNAUTHENTICATED"]);
    expect(answer.errors[0]?.message).toMatch(/M2M access token has expired.*token endpoint.*client_credentials/);
  }
  const [header, claims, signature = ""] = token.split(".");
  const forged = await ask(`${header}.${claims}.${[...signature].reverse().join("")}`);
  expect(forged.errors[0]?.message).toBe("The credential is not valid. Sign in again.");
  expect(gateway.calls()).toEqual([]);
});

const repeat = (times: number, part: (index: number) => string) =>
  Array.from({ length: times }, (_, i) => part(i)).join(" ");
const deep = `{ viewer ${"{ member ".repeat(16)}{ id }${" }".repeat(16)} }`;

test.each([
  ["tokens", `{ viewer { ${repeat(3001, () => "isOperator")} } }`],
  ["fields", `{ viewer { ${repeat(201, () => "isOperator")} } }`],
  ["depth", deep],
  ["aliases", `{ viewer { ${repeat(31, (i) => `a${i}: isOperator`)} } }`],
  ["root fields", `{ ${repeat(21, () => "viewer { isOperator }")} }`],
  ["directives", `{ viewer ${repeat(31, () => "@include(if: true)")} { isOperator } }`],
  [
    "upstream calls",
    `{ organizations(first: 100) { nodes { members(first: 100) { nodes { authorizations { scopes } } } } } }`,
  ],
])("a query over the limit of %s has the code of all limits", async (_, query) => {
  const answer: Answer = await post(gateway.url, callers["service with every scope"], query);
  expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual(["COST_LIMIT_EXCEEDED"]);
  expect(answer.errors[0]?.message).toMatch(/[Ss]plit/);
  expect(answer.data).toBeNull();
  expect(gateway.calls()).toEqual([]);
});

test("introspection that is off names the variable that switches it on", async () => {
  const answer = await post(gateway.url, {}, "{ __schema { types { name } } }");
  expect(answer.errors[0]?.message).toContain("INTROSPECTION");
});

test("/oauth/authorize names everything that its address lacks", async () => {
  const { authorization } = callers["plain Member"];
  const cookie = `stytch_session_jwt=${authorization.replace("Bearer ", "")}`;
  const page = async (query: string) =>
    (await fetch(`${gateway.url}/oauth/authorize${query}`, { headers: { cookie }, redirect: "manual" })).text();
  expect(await page("")).toContain("client_id is missing. redirect_uri is missing.");
  const one = await page(`?client_id=${gateway.emulator.seeded.demoApp.clientId}`);
  expect(one).toContain("redirect_uri is missing.");
  expect(one).not.toContain("client_id is missing.");
});

test.each(["", " ", "\u00a0 ", "\u200b", "\u3164", "\u2800\u00ad \ufe0f"])(
  "a name that is %j is refused, and nothing is sent",
  async (name) => {
    const client = gateway.client(callers["service manage:clients"]);
    const expected = [
      expect.objectContaining({ code: "INVALID", field: ["name"], message: "name must not be empty or blank." }),
    ];
    const created = await client.request(CreateClientDocument, { input: { clientType: "THIRD_PARTY", name } });
    expect(created.createClient?.userErrors).toEqual(expected);
    const clientId = gateway.emulator.seeded.demoApp.clientId;
    const updated = await client.request(UpdateClientDocument, { input: { clientId, name } });
    expect(updated.updateClient?.userErrors).toEqual(expected);
    expect(gateway.calls()).toEqual([]);
  },
);

test("a name may be left out, as Stytch allows", async () => {
  const client = gateway.client(callers["service manage:clients"]);
  const { createClient } = await client.request(CreateClientDocument, { input: { clientType: "THIRD_PARTY" } });
  expect(createClient?.userErrors).toEqual([]);
});
