import type { Fault } from "stytch-emulator";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { post } from "../support/post";

/** Long enough for two retries, short enough to wait for. */
const DEADLINE_MS = 700;
/** Of a busy machine. Without the deadline, the shortest of these faults lasts 5 s. */
const SLACK_MS = 2000;

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway({ config: { upstreamTimeoutMs: DEADLINE_MS } });
});
afterEach(() => gateway.stop());

type Kind = "read" | "write" | "authentication";
const ROUTES: Record<Kind, string> = {
  read: "GET /v1/b2b/organizations/:organization_id",
  write: "POST /v1/connected_apps/clients",
  authentication: "POST /v1/b2b/sessions/authenticate",
};

/** Sends the one operation of this kind; its upstream call is the only one that the fault can hit. */
async function send(kind: Kind) {
  const { emulator } = gateway;
  if (kind === "authentication") {
    const { session_token } = await emulator.mintSession({ memberId: emulator.seeded.people.memberId });
    return post(gateway.url, { "x-stytch-member-session": session_token }, "{ viewer { isOperator } }");
  }
  const headers = { authorization: `Bearer ${await emulator.mintM2mToken()}` };
  if (kind === "read") return post(gateway.url, headers, `{ organization(id: "northwind") { name } }`);
  const create = `mutation { createClient(input: { clientType: THIRD_PARTY, name: "Lost", redirectUrls: ["https://a.example/cb"] })
    { clientSecret userErrors { code } } }`;
  return post(gateway.url, headers, create);
}

const HTML: Fault = { kind: "body", status: 502, body: "<h1>Bad gateway</h1>" };
/** Fault that lasts; the code it ends in; how often reads try. Writes try once, always. */
const FAULTS: [name: string, fault: Fault, code: string, tries: number, writeOutcome: "UNKNOWN" | undefined][] = [
  ["500", { kind: "status", status: 500 }, "UPSTREAM_UNAVAILABLE", 3, "UNKNOWN"],
  [
    "503 with a short Retry-After",
    { kind: "status", status: 503, retryAfter: 0 },
    "UPSTREAM_UNAVAILABLE",
    3,
    "UNKNOWN",
  ],
  ["429", { kind: "status", status: 429 }, "UPSTREAM_RATE_LIMITED", 3, undefined],
  ["429 beyond the deadline", { kind: "status", status: 429, retryAfter: 60 }, "UPSTREAM_RATE_LIMITED", 1, undefined],
  ["a reset", { kind: "reset" }, "UPSTREAM_UNAVAILABLE", 3, "UNKNOWN"],
  ["a reset after the effect", { kind: "reset-after-effect" }, "UPSTREAM_UNAVAILABLE", 3, "UNKNOWN"],
  ["a hang", { kind: "hang" }, "UPSTREAM_TIMEOUT", 1, "UNKNOWN"],
  ["a late answer", { kind: "delay", ms: 5000 }, "UPSTREAM_TIMEOUT", 1, "UNKNOWN"],
  ["HTML", HTML, "UPSTREAM_UNAVAILABLE", 3, "UNKNOWN"],
  ["an empty body", { kind: "body", body: "" }, "UPSTREAM_UNAVAILABLE", 3, "UNKNOWN"],
  ["null", { kind: "body", body: "null" }, "UPSTREAM_UNAVAILABLE", 3, "UNKNOWN"],
  ["null with status 500", { kind: "body", status: 500, body: "null" }, "UPSTREAM_UNAVAILABLE", 3, "UNKNOWN"],
  ["a truncated body", { kind: "body", body: '{"organization": {' }, "UPSTREAM_UNAVAILABLE", 3, "UNKNOWN"],
];

describe.each(FAULTS)("%s", (_, fault, code, tries, writeOutcome) => {
  test.each<Kind>(["read", "write", "authentication"])("%s", async (kind) => {
    gateway.emulator.faults.inject({ route: ROUTES[kind], fault, times: 99 });
    const started = performance.now();
    const { errors, text } = await send(kind);
    expect(performance.now() - started).toBeLessThan(DEADLINE_MS + SLACK_MS);
    expect(errors.map(({ extensions }) => extensions.code)).toEqual([code]);
    expect(gateway.emulator.requests(ROUTES[kind])).toHaveLength(kind === "write" ? 1 : tries);
    expect(errors[0]?.extensions.outcome).toBe(kind === "write" ? writeOutcome : undefined);
    expect(text).not.toContain("<h1>");
  });
});

test("a read heals within one request, and its answer counts the tries", async () => {
  gateway.emulator.faults.inject({ route: ROUTES.read, fault: HTML, times: 2 });
  const { data, extensions } = await send("read");
  expect(data).toEqual({ organization: { name: "Northwind Traders" } });
  expect(extensions.cost).toMatchObject({ upstreamCalls: 3 });
});

test("Retry-After reaches the caller, as Stytch's ids do", async () => {
  gateway.emulator.faults.inject({ route: ROUTES.read, fault: { kind: "status", status: 429, retryAfter: 60 } });
  expect((await send("read")).errors[0]?.extensions).toMatchObject({
    retryAfterSeconds: 60,
    stytchErrorType: "too_many_requests",
    stytchRequestId: expect.stringMatching(/^request-id-/),
    requestId: expect.any(String),
  });
});

test("a lost createClient says how to find out, and is right that nobody knows", async () => {
  const before = gateway.emulator.state.clients.size;
  gateway.emulator.faults.inject({ route: ROUTES.write, fault: { kind: "reset-after-effect" } });
  const { errors } = await send("write");
  expect(errors[0]?.message).toMatch(/not known .*connectedApps.* rotate its secret/);
  expect(gateway.emulator.state.clients.size).toBe(before + 1);
});

test("a lost rotateSecret is found by nextLastFour and mended by cancelling", async () => {
  const { emulator } = gateway;
  const headers = { authorization: `Bearer ${await emulator.mintM2mToken()}` };
  const client = [...emulator.state.clients.values()].find(({ client_type }) => client_type === "third_party");
  const input = `input: { clientId: "${client?.client_id}" }`;
  const rotate = `mutation { rotateSecret(${input}) { nextClientSecret userErrors { code } } }`;
  emulator.faults.inject({
    route: "POST /v1/connected_apps/clients/:client_id/secrets/rotate/start",
    fault: { kind: "reset-after-effect" },
  });
  const lost = await post(gateway.url, headers, rotate);
  expect(lost.errors[0]?.message).toContain("nextLastFour");
  const read = `{ connectedApp(id: "${client?.client_id}") { registration { secret { nextLastFour } } } }`;
  expect((await post(gateway.url, headers, read)).text).toMatch(/"nextLastFour":".{4}"/);
  await post(gateway.url, headers, `mutation { cancelSecretRotation(${input}) { userErrors { code } } }`);
  expect((await post(gateway.url, headers, rotate)).text).toMatch(/"nextClientSecret":".+"/);
});

test("our own refused credentials are our fault, and loud", async () => {
  const wrong = await startTestGateway({
    config: {
      stytch: {
        projectId: gateway.emulator.projectId,
        secret: "secret-test-wrong",
        baseUrl: `${gateway.emulator.url}/`,
      },
    },
  });
  const headers = { authorization: `Bearer ${await gateway.emulator.mintM2mToken()}` };
  const { errors } = await post(wrong.url, headers, `{ organization(id: "northwind") { name } }`);
  expect(errors[0]?.extensions.code).toBe("INTERNAL_SERVER_ERROR");
  expect(wrong.logs.filter(({ level }) => level === 50)).toContainEqual(
    expect.objectContaining({ msg: expect.stringContaining("project credentials") }),
  );
  await wrong.stop();
});
