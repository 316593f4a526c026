import { startTestGateway, type TestGateway } from "../support/gateway";
import { post } from "../support/post";

let gateway: TestGateway;
let service: Record<string, string>;
beforeAll(async () => {
  gateway = await startTestGateway();
  service = { authorization: `Bearer ${await gateway.emulator.mintM2mToken()}` };
});
afterAll(() => gateway.stop());
beforeEach(() => {
  gateway.logs.length = 0;
});

const lines = (message: string) => gateway.logs.filter(({ msg }) => msg === message);

test("one access line per operation says who, what, how long and at what cost", async () => {
  const { emulator } = gateway;
  const { memberId } = emulator.seeded.people;
  const { session_token } = await emulator.mintSession({ memberId });
  await post(gateway.url, { "x-stytch-member-session": session_token }, "query Me { viewer { member { id } } }");
  expect(lines("operation")).toEqual([
    expect.objectContaining({
      requestId: expect.any(String),
      viewer: "member",
      memberId,
      organizationId: expect.stringMatching(/^organization-/),
      operation: "viewer",
      operationName: "Me",
      code: "OK",
      milliseconds: expect.any(Number),
      requested: 2,
      upstreamCalls: 1,
      coalesced: 0,
      stytchRequestIds: [expect.stringMatching(/^request-id-/)],
    }),
  ]);
});

test("a refused credential has its line too", async () => {
  expect((await post(gateway.url, { authorization: "Bearer x" }, "{ __typename }")).status).toBe(401);
  expect(lines("operation")).toMatchObject([{ operation: "refused", code: "UNAUTHENTICATED" }]);
  expect(lines("operation")[0]).not.toHaveProperty("requested");
});

test("every mutation of an operation has an audit line: who, what, target, outcome, Stytch's request id", async () => {
  const mutation = `mutation {
    made: createClient(input: { clientType: THIRD_PARTY, name: "Audited", redirectUrls: ["https://a.example/cb"] }) {
      clientSecret connectedApp { id } userErrors { code }
    }
    ...Gone
  }
  fragment Gone on Mutation { deleteClient(input: { clientId: "connected-app-test-nobody" }) { userErrors { code } } }`;
  await post(gateway.url, service, mutation);
  const by = { actor: { kind: "SERVICE", id: expect.any(String) }, requestId: expect.any(String) };
  expect(lines("audit")).toMatchObject([
    {
      ...by,
      action: "CLIENT_CREATED",
      connectedAppId: expect.stringMatching(/^connected-app-/),
      outcome: "DONE",
      stytchRequestIds: expect.arrayContaining([expect.stringMatching(/^request-id-/)]),
    },
    {
      ...by,
      action: "CLIENT_DELETED",
      connectedAppId: "connected-app-test-nobody",
      outcome: "REFUSED",
      code: "NOT_FOUND",
    },
  ]);
});

test("a forbidden mutation is audited as well", async () => {
  const { emulator } = gateway;
  const { session_token } = await emulator.mintSession({ memberId: emulator.seeded.people.memberId });
  await post(
    gateway.url,
    {
      "x-stytch-member-session": session_token,
    },
    `mutation { deleteClient(input: { clientId: "a" }) { deletedClientId } }`,
  );
  expect(lines("audit")).toMatchObject([
    { actor: { kind: "MEMBER" }, action: "CLIENT_DELETED", outcome: "REFUSED", code: "FORBIDDEN" },
  ]);
});

test.each([
  ["a caller's request id", "abc-123", /^abc-123$/],
  ["one that could break a log", "a b\u00e9", /^[\w-]{36}$/],
  ["an oversized one", "a".repeat(101), /^[\w-]{36}$/],
])("%s", async (_, sent, expected) => {
  const { headers, errors } = await post(gateway.url, { "x-request-id": sent }, "{ organization { id } }");
  expect(headers.get("x-request-id")).toMatch(expected);
  expect(errors[0]?.extensions.requestId).toBe(headers.get("x-request-id"));
});

test("/metrics counts operations, upstream requests, retries and breakers, and names nobody", async () => {
  gateway.emulator.faults.inject({ route: "*", fault: { kind: "status", status: 503 }, times: 2 });
  await post(gateway.url, service, `{ organization(id: "northwind") { name } }`);
  const response = await fetch(`${gateway.url}/metrics`);
  expect(response.headers.get("content-type")).toMatch(/^text\/plain/);
  const text = await response.text();
  expect(text).toContain('gateway_operations_total{operation="organization",code="OK"} 1');
  expect(text).toContain('gateway_upstream_requests_total{endpoint="organizations.get",status="503"} 2');
  expect(text).toContain('gateway_upstream_retries_total{endpoint="organizations.get"} 2');
  expect(text).toContain('gateway_upstream_duration_seconds_count{endpoint="organizations.get"} 3');
  expect(text).not.toMatch(/northwind|member-test|organization-test/);
});

test("a breaker opens after ten faults in a row, sheds without a try, and closes after one good answer", async () => {
  // Asked again and again until it closes: without the limits of requests.
  const sick = await startTestGateway({ rateLimits: { viewer: 0, address: 0 } });
  const route = "GET /v1/b2b/organizations/:organization_id";
  const headers = { authorization: `Bearer ${await sick.emulator.mintM2mToken()}` };
  const read = () => post(sick.url, headers, `{ organization(id: "northwind") { name } }`);
  sick.emulator.faults.inject({ route, fault: { kind: "status", status: 500 }, times: 10 });
  for (let i = 0; i < 4; i++) await read();
  sick.calls();
  const shed = await read();
  expect(shed.errors[0]?.extensions).toMatchObject({ code: "UPSTREAM_UNAVAILABLE", retryAfterSeconds: 1 });
  expect(sick.calls()).toEqual([]);
  const state = async () => (await (await fetch(`${sick.url}/metrics`)).text()).match(/breaker_state{.*} (\d)/)?.[1];
  expect(await state()).toBe("2");
  const until = Date.now() + 10_000;
  while ((await read()).errors.length > 0 && Date.now() < until) await new Promise(setImmediate);
  expect(await state()).toBe("0");
  await sick.stop();
});
