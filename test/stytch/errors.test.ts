import { createLogger } from "../../src/logger";
import { createMetrics } from "../../src/metrics";
import { UpstreamMeter } from "../../src/stytch/meter";
import { createStytch } from "../../src/stytch/stytch";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { type Answer, codeOf, post } from "../support/post";

const GET = "GET /v1/b2b/organizations/:organization_id";

let gateway: TestGateway;
let headers: Record<string, string>;
beforeEach(async () => {
  gateway = await startTestGateway();
  headers = { authorization: `Bearer ${await gateway.emulator.mintM2mToken()}` };
});
afterEach(() => gateway.stop());

const ask = () => post(gateway.url, headers, '{ organization(id: "northwind") { id } }');

test.each([
  ["session_authorization_error", 403, "FORBIDDEN"],
  ["session_authorization_tenancy_error", 403, "NOT_FOUND"],
  ["organization_suspended", 403, "FORBIDDEN"],
  ["session_not_found", 404, "UNAUTHENTICATED"],
  ["something_else_not_found", 404, "NOT_FOUND"],
  ["something_new", 400, "BAD_USER_INPUT"],
  ["unauthorized_credentials", 401, "INTERNAL_SERVER_ERROR"],
  ["use_https", 403, "INTERNAL_SERVER_ERROR"],
])("Stytch's %s (%i) is our %s", async (errorType, status, code) => {
  gateway.emulator.faults.inject({ route: GET, fault: { kind: "status", status, errorType }, times: 10 });
  const answer = await ask();
  expect(codeOf(answer)).toBe(code);
  expect(answer.errors[0]?.extensions).toMatchObject({
    requestId: expect.any(String),
    stytchErrorType: errorType,
    stytchRequestId: expect.stringMatching(/^request-id-/),
  });
});

describe("a suspended Organization", () => {
  const AUTHENTICATE = "POST /v1/b2b/sessions/authenticate";
  const suspend = (route: string) =>
    gateway.emulator.faults.inject({
      route,
      fault: { kind: "status", status: 403, errorType: "organization_suspended" },
      times: 10,
    });
  const said = (answer: Answer) => answer.errors.map(({ message, extensions }) => [extensions.code, message]);
  const SUSPENDED = ["FORBIDDEN", "This Organization is suspended at Stytch."];
  const signIn = () => gateway.emulator.mintSession({ memberId: gateway.emulator.seeded.people.adminId });

  test("is called that, and not a lack of roles", async () => {
    suspend(GET);
    expect(said(await ask())).toEqual([SUSPENDED]);
  });

  test("nor is a right that its Members were asked about called missing", async () => {
    headers = { authorization: `Bearer ${(await signIn()).session_jwt}` };
    suspend(AUTHENTICATE);
    const query = `{ organization { connectedApps { memberCount } } }`;
    const messages = said(await post(gateway.url, headers, query));
    expect(new Set(messages.map(String))).toEqual(new Set([String(SUSPENDED)]));
  });

  test("nor a session that has ended: signing in again does not help, in GraphQL or on a page", async () => {
    const { session_token } = await signIn();
    suspend(AUTHENTICATE);
    const asked = { headers: { "x-stytch-member-session": session_token } };
    for (let time = 0; time < 2; time++) {
      expect(said(await post(gateway.url, asked.headers, "{ viewer { isOperator } }"))).toEqual([SUSPENDED]);
    }
    const cookie = `stytch_session=${session_token}`;
    const page = await fetch(`${gateway.url}/account/apps`, { headers: { cookie }, redirect: "manual" });
    expect(page.status).toBe(403);
    expect(await page.text()).toContain(SUSPENDED[1]);
  });
});

test("a search over Stytch's limit says when the minute ends, also where Stytch does not", async () => {
  const route = "POST /v1/b2b/organizations/search";
  gateway.emulator.faults.inject({ route, fault: { kind: "status", status: 429 } });
  const answer = await post(gateway.url, headers, "{ organizations(first: 1) { nodes { id } } }");
  expect(codeOf(answer)).toBe("UPSTREAM_RATE_LIMITED");
  const { retryAfterSeconds } = answer.errors[0]?.extensions ?? {};
  const left = 60 - (Date.now() % 60_000) / 1000;
  expect(Math.abs((Number(retryAfterSeconds) - left) % 60)).toBeLessThan(5);
  expect(gateway.emulator.requests(route)).toHaveLength(1);
});

test("our own credentials refused: our fault, loud in the log, and nothing of them shown", async () => {
  const fault = { kind: "status", status: 401, errorType: "unauthorized_credentials" } as const;
  gateway.emulator.faults.inject({ route: GET, fault, times: 10 });
  const answer = await ask();
  expect(answer.errors[0]?.message).toMatch(/went wrong on our side/);
  expect(gateway.logs).toContainEqual(expect.objectContaining({ level: 50 }));
  const { secret } = gateway.emulator;
  expect(answer.text + JSON.stringify(gateway.logs)).not.toContain(secret);
});

test.each(["route_not_found", "method_not_allowed"])(
  "%s is our fault, and no word of credentials",
  async (errorType) => {
    gateway.emulator.faults.inject({ route: GET, fault: { kind: "status", status: 404, errorType }, times: 10 });
    expect(codeOf(await ask())).toBe("INTERNAL_SERVER_ERROR");
    expect(gateway.logs).toContainEqual(
      expect.objectContaining({
        level: 50,
        msg: "Stytch does not know what this gateway asked for",
        stytchErrorType: errorType,
      }),
    );
    expect(JSON.stringify(gateway.logs)).not.toContain("project credentials");
  },
);

test("an empty id asks nobody: its path would be another endpoint's", async () => {
  const { url, projectId, secret } = gateway.emulator;
  const stytch = createStytch({
    projectId,
    secret,
    baseUrl: `${url}/`,
    timeoutMs: 10_000,
    coalesce: true,
    searchesPerMinute: 0,
    directoryMaxAgeSeconds: 0,
    logger: createLogger("silent"),
    metrics: createMetrics(),
  });
  try {
    gateway.emulator.clearRequests();
    const { reads, writes } = stytch.client(new UpstreamMeter());
    const empty = [
      reads.getOrganization(""),
      reads.listMemberApps("", "member-test-1", null),
      reads.listMemberApps("organization-test-1", "", null),
      reads.getClient(""),
      writes.deleteClient(""),
    ];
    for (const asked of empty) await expect(asked).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(gateway.emulator.requests()).toEqual([]);
  } finally {
    await stytch.close();
  }
});

test("what the caller sent stays out of the log, whatever fails", async () => {
  gateway.emulator.faults.inject({ route: GET, fault: { kind: "body", body: "<html>" }, times: 10 });
  expect(codeOf(await ask())).toBe("UPSTREAM_UNAVAILABLE");
  expect(JSON.stringify(gateway.logs)).not.toContain(headers.authorization?.slice("Bearer ".length));
});

describe("a fault of our own", () => {
  let faulty: TestGateway;
  beforeEach(async () => {
    // Nothing else of ours can be made to fail from outside.
    const clock = () => {
      const [, , asking] = new Error().stack?.split("\n") ?? [];
      if (asking?.includes("secret.resolver")) throw new TypeError("The clock stands still.");
      return new Date();
    };
    faulty = await startTestGateway({ clock });
    headers = { authorization: `Bearer ${await faulty.emulator.mintM2mToken()}` };
  });
  afterEach(() => faulty.stop());

  const OTHER = 'createClient(input: { clientType: THIRD_PARTY, name: "Other" }) { userErrors { code } }';
  const inputOf = (more: string) => `input: { clientId: "${faulty.emulator.seeded.demoApp.clientId}", ${more} }`;
  const inLog = (requestId: unknown) =>
    expect.objectContaining({ level: 50, requestId, stack: expect.stringContaining("secret.resolver") });

  test("is masked, beside the rest, and found in the log by its request id", async () => {
    const query = `mutation { rescheduleSecretRotation(${inputOf("")}) { userErrors { code } } ${OTHER} }`;
    const answer = await post(faulty.url, headers, query);
    expect(answer).toMatchObject({
      status: 200,
      data: { rescheduleSecretRotation: null, createClient: { userErrors: [] } },
    });
    const [error] = answer.errors;
    expect(error).toMatchObject({
      message: expect.stringMatching(/went wrong on our side/),
      path: ["rescheduleSecretRotation"],
      extensions: { code: "INTERNAL_SERVER_ERROR", requestId: expect.any(String) },
    });
    expect(error?.extensions).not.toHaveProperty("outcome");
    expect(faulty.logs).toContainEqual(inLog(error?.extensions.requestId));
  });

  test("beside a deed: nobody is told that it was done, or that it was not, and the audit log says so", async () => {
    const rotate = `rotateSecret(${inputOf('idempotencyKey: "k"')}) { nextClientSecret userErrors { code } }`;
    const answer = await post(faulty.url, headers, `mutation { ${rotate} ${OTHER} }`);
    expect(answer.data).toEqual({ rotateSecret: null, createClient: { userErrors: [] } });
    const [error] = answer.errors;
    expect(error).toMatchObject({
      message: expect.stringContaining("not known whether this was done"),
      extensions: { code: "INTERNAL_SERVER_ERROR", outcome: "UNKNOWN" },
    });
    expect(faulty.logs).toContainEqual(inLog(error?.extensions.requestId));
    expect(faulty.logs).toContainEqual(
      expect.objectContaining({ msg: "audit", action: "SECRET_ROTATION_STARTED", outcome: "UNKNOWN" }),
    );
  });
});
