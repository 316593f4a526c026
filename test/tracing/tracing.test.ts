import { memberIdOf } from "stytch-emulator";
import { startTestGateway, type TestGateway, type TestGatewayOptions } from "../support/gateway";
import { post } from "../support/post";
import { startCollector } from "./collector";

type Collector = Awaited<ReturnType<typeof startCollector>>;
let collector: Collector;
let gateway: TestGateway | undefined;
beforeEach(async () => {
  collector = await startCollector();
});
afterEach(async () => {
  await gateway?.stop();
  gateway = undefined;
  await collector.stop();
});

async function start(config: TestGatewayOptions["config"] = {}): Promise<TestGateway> {
  gateway = await startTestGateway({ config: { otelEndpoint: collector.url, ...config } });
  gateway.calls();
  return gateway;
}

/** What the collector has when the gateway has ended: all of it. */
async function spansAtTheEnd() {
  await gateway?.stop();
  gateway = undefined;
  return collector.spans();
}

/** Members of an Organization and what each has authorized. */
const Q1 =
  "{ organization { name members(first: 3) { nodes { name emailAddress authorizations { scopes connectedApp { name } } } } } }";
const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN = "00f067aa0ba902b7";
const ADMIN = memberIdOf("northwind", 0);
const token = async ({ emulator }: TestGateway, memberId = ADMIN) =>
  (await emulator.mintSession({ memberId })).session_token;

test("Q1: a span for the operation under the caller's, one under it for each call of Stytch, and no secret", async () => {
  const started = await start({ otelHeaders: { "x-collector-key": "only for the collector" } });
  const session = await token(started);
  const headers = { "x-stytch-member-session": session, traceparent: `00-${TRACE}-${SPAN}-01` };
  const answer = await post<{ organization: { name: string } }>(started.url, headers, Q1);
  expect(answer.errors).toEqual([]);
  const requests = started.emulator.requests();
  const { secret } = started.emulator;
  const people = [...started.emulator.state.members.ofOrganization(requests[0] ? northwindOf(started) : "")];

  const spans = await spansAtTheEnd();
  const operation = spans.find(({ kind }) => kind === 2);
  const calls = spans.filter(({ kind }) => kind === 3);
  expect(operation).toMatchObject({ name: "query organization", traceId: TRACE, parentSpanId: SPAN, failed: false });
  expect(operation?.attributes).toEqual({
    "http.request.method": "POST",
    "http.route": "/graphql",
    "http.response.status_code": "200",
    "graphql.operation.type": "query",
    "gateway.operation": "organization",
    "gateway.code": "OK",
    "gateway.upstream_calls": String(answer.extensions.cost?.upstreamCalls),
    "gateway.coalesced": "0",
    "gateway.requested": String(answer.extensions.cost?.requested),
  });
  // The first asks who this is, before there is an operation.
  expect(calls.map(({ attributes }) => attributes["stytch.endpoint"])).toContain("sessions.authenticate");
  expect(calls).toHaveLength(requests.length);
  for (const call of calls) {
    expect(call).toMatchObject({ traceId: TRACE, parentSpanId: operation?.spanId, failed: false });
    expect(call.name).toBe(`stytch ${call.attributes["stytch.endpoint"]}`);
    expect(call.attributes).toEqual({
      "stytch.endpoint": expect.stringMatching(/^[a-zA-Z.]+$/),
      "stytch.attempt": "1",
      "stytch.wait_ms": expect.stringMatching(/^\d+$/),
      "http.request.method": expect.stringMatching(/^(GET|POST)$/),
      "server.address": "127.0.0.1",
      "http.response.status_code": "200",
    });
    expect(call.startedAt >= (operation?.startedAt ?? 0n) && call.endedAt <= (operation?.endedAt ?? 0n)).toBe(true);
  }
  // Each call names its own span to Stytch.
  const sent = requests.map(({ headers: { traceparent } }) => traceparent).toSorted();
  expect(sent).toEqual(calls.map(({ spanId }) => `00-${TRACE}-${spanId}-01`).toSorted());
  expect(requests.some(({ headers }) => "x-collector-key" in headers)).toBe(false);

  const text = collector.bodies.join();
  expect(people.length).toBeGreaterThan(20);
  const unspeakable = people.flatMap(({ member_id, email_address, name }) => [member_id, email_address, name]);
  for (const word of [session, secret, northwindName, ...unspeakable.filter((word) => word !== "")]) {
    expect(text).not.toContain(word);
  }
  expect(collector.requests.every(({ headers }) => headers["x-collector-key"] === "only for the collector")).toBe(true);
  expect(text).toContain('{"key":"service.name","value":{"stringValue":"marketplace-gateway"}}');
});

const northwindName = "Northwind Traders";
const northwindOf = ({ emulator }: TestGateway) =>
  emulator.state.organizations.findBySlug("northwind")?.organization_id ?? "";

test("each try is a span of its own: what went wrong, which try it was, and no path", async () => {
  const started = await start();
  const route = "GET /v1/b2b/organizations/:organization_id";
  started.emulator.faults.inject({ route, fault: { kind: "status", status: 502 } });
  const headers = { authorization: `Bearer ${await started.emulator.mintM2mToken()}` };
  const answer = await post(started.url, headers, `{ organization(id: "${northwindOf(started)}") { name } }`);
  expect(answer.errors).toEqual([]);
  const id = northwindOf(started);
  const spans = await spansAtTheEnd();
  const tries = spans.filter(({ attributes }) => attributes["stytch.endpoint"] === "organizations.get");
  expect(
    tries.map(({ attributes, failed }) => [attributes["stytch.attempt"], attributes["error.type"], failed]),
  ).toEqual([
    ["1", "broken", true],
    ["2", undefined, false],
  ]);
  expect(tries.map(({ attributes }) => attributes["http.response.status_code"])).toEqual(["502", "200"]);
  expect(new Set(tries.map(({ parentSpanId }) => parentSpanId)).size).toBe(1);
  expect(collector.bodies.join()).not.toContain(id);
});

test("a caller without a traceparent, or with a bad one, begins a trace; its log line names it", async () => {
  const started = await start();
  for (const traceparent of ["", "nonsense", `00-${"0".repeat(32)}-${SPAN}-01`, `ff-${TRACE}-${SPAN}-01`]) {
    await post(started.url, { ...(traceparent && { traceparent }) }, "{ __typename }");
  }
  const logged = started.logs.filter(({ msg }) => msg === "operation").map(({ traceId }) => traceId);
  const spans = await spansAtTheEnd();
  expect(spans).toHaveLength(4);
  expect(spans.every(({ parentSpanId, traceId }) => parentSpanId === undefined && traceId !== TRACE)).toBe(true);
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(4);
  expect(logged).toEqual(spans.map(({ traceId }) => traceId));
});

test("a trace that its caller does not record is passed on, and not recorded here either", async () => {
  const started = await start();
  const headers = { "x-stytch-member-session": await token(started), traceparent: `00-${TRACE}-${SPAN}-00` };
  started.emulator.clearRequests();
  await post(started.url, headers, "{ viewer { isOperator } }");
  const sent = started.emulator.requests().map(({ headers: { traceparent } }) => traceparent);
  expect(sent).toEqual([expect.stringMatching(new RegExp(`^00-${TRACE}-[\\da-f]{16}-00$`))]);
  expect(await spansAtTheEnd()).toEqual([]);
});

test("what a client calls its operation, and what it sends, stay out of the trace", async () => {
  const started = await start();
  await post(started.url, {}, "query member_test_someone { a: __typename }");
  await post(started.url, {}, '{ node(id: "member-test-someone") { id } }');
  await post(started.url, { authorization: "Bearer nonsense-someone" }, "{ __typename }");
  const spans = await spansAtTheEnd();
  expect(spans.map(({ name, failed }) => [name, failed])).toEqual([
    ["query __typename", false],
    ["query node", true],
    ["POST /graphql", false],
  ]);
  expect(spans[1]?.attributes["error.type"]).toBe("UNAUTHENTICATED");
  expect(collector.bodies.join()).not.toContain("someone");
});

test("probes are not traced, pages are", async () => {
  const started = await start();
  for (const path of ["/livez", "/readyz", "/metrics", "/no-such-page", "/account/apps"])
    await fetch(`${started.url}${path}`, { redirect: "manual" });
  expect((await spansAtTheEnd()).map(({ name }) => name)).toEqual(["GET /account/apps"]);
});

test("a collector that is away costs one log line, and no caller notices", async () => {
  collector.statuses.push(503);
  const started = await start();
  await post(started.url, {}, "{ __typename }");
  const { logs } = started;
  // The end sends what waits once; what is put back is not sent again.
  expect(await spansAtTheEnd()).toEqual([]);
  const warning = logs.find(({ msg }) => String(msg).startsWith("Spans are not delivered"));
  expect(warning).toMatchObject({ level: expect.anything(), host: new URL(collector.url).host, cause: "status 503" });
  expect(logs.filter(({ msg }) => msg === warning?.msg)).toHaveLength(1);
});

test("without an endpoint nothing is traced: no header to Stytch, no trace in the log", async () => {
  const started = await start({ otelEndpoint: undefined });
  const headers = { "x-stytch-member-session": await token(started), traceparent: `00-${TRACE}-${SPAN}-01` };
  await post(started.url, headers, "{ viewer { isOperator } }");
  expect(started.emulator.requests().some((request) => "traceparent" in request.headers)).toBe(false);
  expect(started.logs.some((line) => "traceId" in line)).toBe(false);
  expect(await spansAtTheEnd()).toEqual([]);
  expect(collector.requests).toEqual([]);
});
