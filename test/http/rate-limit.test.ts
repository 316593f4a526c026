import { type Emulator, startEmulator } from "stytch-emulator";
import type { RateLimits } from "../../src/config";
import type { Gateway, GatewayConfig, GatewayOptions } from "../../src/gateway";
import { post } from "../support/post";
import { startReplica } from "../support/replica";

const WIDE: RateLimits = { viewer: 1000, organization: 1000, address: 1000 };

let emulator: Emulator;
let gateway: Gateway;
beforeEach(async () => {
  emulator = await startEmulator({ port: 0 });
  gateway = await startReplica(emulator, { rateLimits: { viewer: 3, organization: 4, address: 2 } });
});
afterEach(async () => {
  await gateway.stop();
  await emulator.stop();
});

async function asMember(memberId: string) {
  const { session_jwt } = await emulator.mintSession({ memberId });
  return () => post(gateway.url, { authorization: `Bearer ${session_jwt}` }, "{ __typename }");
}

test("a viewer over the limit is told so, and when to come back", async () => {
  const ask = await asMember(emulator.seeded.people.memberId);
  const { headers } = await ask();
  expect([headers.get("ratelimit-limit"), headers.get("ratelimit-remaining")]).toEqual(["3", "2"]);
  await ask();
  await ask();
  const refused = await ask();
  expect(refused.status).toBe(429);
  expect(refused.errors[0]?.extensions).toMatchObject({ code: "RATE_LIMITED", retryAfterSeconds: expect.any(Number) });
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(refused.headers.get("ratelimit-remaining")).toBe("0");
});

test("Members share their Organization's limit, and other Organizations keep theirs", async () => {
  const member = await asMember(emulator.seeded.people.memberId);
  const admin = await asMember(emulator.seeded.people.adminId);
  for (const ask of [member, member, admin, admin]) expect((await ask()).status).toBe(200);
  expect((await admin()).status).toBe(429);
  const service = { authorization: `Bearer ${await emulator.mintM2mToken()}` };
  expect((await post(gateway.url, service, "{ __typename }")).status).toBe(200);
});

test("callers without a credential count by address", async () => {
  const statuses = [];
  for (let i = 0; i < 3; i++) statuses.push((await post(gateway.url, {}, "{ __typename }")).status);
  expect(statuses).toEqual([200, 200, 429]);
});

describe("before anything is asked of Stytch", () => {
  const AUTHENTICATE = "POST /v1/b2b/sessions/authenticate";
  const asked = () => emulator.requests(AUTHENTICATE).length;
  const withToken = (token: string) => post(gateway.url, { "x-stytch-member-session": token }, "{ __typename }");
  const withBearer = (token: string) => post(gateway.url, { authorization: `Bearer ${token}` }, "{ __typename }");

  async function restart(
    rateLimits: Partial<RateLimits>,
    config: Partial<GatewayConfig> = {},
    options: GatewayOptions = {},
  ) {
    await gateway.stop();
    gateway = await startReplica(emulator, { ...config, rateLimits: { ...WIDE, ...rateLimits } }, options);
  }

  test("garbage tokens cost an address its limit, five requests each, also all at once", async () => {
    await restart({ address: 20 });
    const answers = await Promise.all(Array.from({ length: 60 }, (_, i) => withToken(`garbage-${i}`)));
    expect(asked()).toBe(4);
    expect(statusesOf(answers)).toEqual({ 401: 4, 429: 56 });
  });

  test("one garbage token is asked about once", async () => {
    await restart({});
    const answers = [];
    for (let i = 0; i < 20; i++) answers.push(await withToken("garbage"));
    expect(asked()).toBe(1);
    expect(statusesOf(answers)).toEqual({ 401: 20 });
  });

  test("a token that was refused is asked about again when that is forgotten, however often it was used meanwhile", async () => {
    let now = Date.now();
    await restart({}, {}, { clock: () => new Date(now) });
    const { session_token } = await emulator.mintSession({ memberId: emulator.seeded.people.memberId });
    // Stytch does not know it yet: its records may arrive late.
    emulator.faults.inject({
      route: AUTHENTICATE,
      fault: { kind: "status", status: 404, errorType: "session_not_found" },
    });
    const answers = [];
    for (let i = 0; i < 5; i++) {
      answers.push(await withToken(session_token));
      now += 4000;
    }
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 200]);
  });

  test.each<[string, (i: number) => Record<string, string>]>([
    ["a token that is none", (i) => ({ authorization: `Bearer a.${i}.c` })],
    ["another scheme", () => ({ authorization: "Basic abc" })],
    ["no token", () => ({ authorization: "Bearer" })],
    ["two tokens", () => ({ authorization: "Bearer a.b.c, Bearer a.b.c" })],
  ])("refusals that cost no call count too: %s", async (_, headersOf) => {
    await restart({ address: 20 });
    const answers = [];
    for (let i = 0; i < 30; i++) answers.push(await post(gateway.url, headersOf(i), "{ __typename }"));
    expect(statusesOf(answers)).toEqual({ 401: 20, 429: 10 });
  });

  describe("a JWT that Stytch never signed", () => {
    const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const unsigned = (header: object, claims: string) => `${encode(header)}.${claims}.${"A".repeat(342)}`;

    test.each([
      ["an unknown key", { alg: "RS256", kid: "jwk-test-nobody", typ: "JWT" }],
      ["no key", { alg: "RS256", typ: "JWT" }],
      ["no algorithm", { alg: "none", typ: "JWT" }],
      ["a shared secret", { alg: "HS256", typ: "JWT" }],
      ["another algorithm", { alg: "ES256", kid: "jwk-test-nobody", typ: "JWT" }],
    ])("%s: no call", async (_, header) => {
      await restart({});
      const { session_jwt } = await emulator.mintSession({ memberId: emulator.seeded.people.memberId });
      const [, claims = ""] = session_jwt.split(".");
      expect((await withBearer(unsigned(header, claims))).status).toBe(401);
      const empty = unsigned(header, claims).replace(/[^.]*$/, "");
      expect((await withBearer(empty)).status).toBe(401);
      expect(asked()).toBe(0);
    });
  });

  test("a good token over its viewer's limit: no call any more", async () => {
    await restart({ viewer: 5 });
    const { session_token } = await emulator.mintSession({ memberId: emulator.seeded.people.memberId });
    const answers = [];
    for (let i = 0; i < 20; i++) answers.push(await withToken(session_token));
    expect(statusesOf(answers)).toEqual({ 200: 5, 429: 15 });
    expect(asked()).toBe(5);
  });

  test("an operator over its limit is not confirmed with Stytch", async () => {
    await restart({ viewer: 1 });
    const { session_jwt } = await emulator.mintSession({ memberId: emulator.seeded.people.operatorId });
    expect((await withBearer(session_jwt)).status).toBe(200);
    const before = asked();
    expect((await withBearer(session_jwt)).status).toBe(429);
    expect(asked()).toBe(before);
  });

  test("an address that has used up its limit keeps out nobody who can prove who it is", async () => {
    await restart({ address: 5 });
    const { people } = emulator.seeded;
    const [known, fresh] = await Promise.all([
      emulator.mintSession({ memberId: people.memberId }),
      emulator.mintSession({ memberId: people.adminId }),
    ]);
    expect((await withToken(known.session_token)).status).toBe(200);
    for (let i = 0; i < 6; i++) await post(gateway.url, {}, "{ __typename }");
    expect((await post(gateway.url, {}, "{ __typename }")).status).toBe(429);
    expect((await withToken(known.session_token)).status).toBe(200);
    expect((await withBearer(fresh.session_jwt)).status).toBe(200);
    expect((await withBearer(await emulator.mintM2mToken())).status).toBe(200);
    // Only who is unknown here, and would have to be asked about, waits.
    expect((await withToken(fresh.session_token)).status).toBe(429);
  });

  test("tokens that prove good cost their address nothing", async () => {
    await restart({ address: 5 });
    for (let i = 0; i < 10; i++) {
      const { session_token } = await emulator.mintSession({ memberId: emulator.seeded.people.memberId });
      expect((await withToken(session_token)).status).toBe(200);
    }
  });

  test("trouble upstream is no refusal: the token is asked about again, and its address pays for one request", async () => {
    await restart({ address: 7 });
    const { session_token } = await emulator.mintSession({ memberId: emulator.seeded.people.memberId });
    emulator.faults.inject({ route: AUTHENTICATE, fault: { kind: "status", status: 503 }, times: 6 });
    for (let i = 0; i < 2; i++) expect((await withToken(session_token)).status).toBe(502);
    emulator.faults.clear();
    expect((await withToken(session_token)).status).toBe(200);
  });

  test("calls that Stytch does not answer have an end for an address", async () => {
    await restart({ address: 10 });
    const fault = { kind: "status", status: 503, retryAfter: 60 } as const;
    emulator.faults.inject({ route: AUTHENTICATE, fault, times: 99 });
    const answers = [];
    for (let i = 0; i < 15; i++) answers.push(await withToken(`odd-${i}`));
    expect(statusesOf(answers)).toEqual({ 502: 6, 429: 9 });
    expect(asked()).toBe(6);
  });

  test("upstream calls are limited as well: five for each request of the limit", async () => {
    await restart({ viewer: 4 });
    const authorization = `Bearer ${await emulator.mintM2mToken()}`;
    const apps = Array.from({ length: 20 }, (_, i) => `a${i}: connectedApp(id: "connected-app-test-${i}") { id }`);
    const ask = () => post(gateway.url, { authorization }, `{ ${apps.join(" ")} }`);
    const first = await ask();
    expect([first.status, first.headers.get("ratelimit-remaining")]).toEqual([200, "3"]);
    expect(first.extensions).toMatchObject({ cost: { upstreamCalls: 21 } });
    emulator.clearRequests();
    const second = await ask();
    expect([second.status, second.headers.get("ratelimit-remaining")]).toEqual([429, "2"]);
    expect(emulator.requests()).toEqual([]);
  });

  test("0 is no limit", async () => {
    await restart({ viewer: 0, organization: 0, address: 0 });
    const { session_jwt } = await emulator.mintSession({ memberId: emulator.seeded.people.memberId });
    const answers = await Promise.all(Array.from({ length: 20 }, () => withBearer(session_jwt)));
    expect(statusesOf(answers)).toEqual({ 200: 20 });
    expect(answers[0]?.headers.get("ratelimit-limit")).toBeNull();
    expect((await post(gateway.url, {}, "{ __typename }")).headers.get("ratelimit-limit")).toBeNull();
  });

  test("one IPv6 caller has one limit, whatever address of its /64 it takes", async () => {
    await restart({ address: 2 }, { trustProxy: 1 });
    const from = async (address: string) =>
      (await post(gateway.url, { "x-forwarded-for": address }, "{ __typename }")).status;
    expect(await from("2001:db8:1:2::1")).toBe(200);
    expect(await from("2001:DB8:1:2:ffff:ffff:ffff:ffff")).toBe(200);
    expect(await from("2001:0db8:0001:0002:0:0:1.2.3.4")).toBe(429);
    expect(await from("2001:db8:1:3::1")).toBe(200);
    // The same IPv4 address, written both ways.
    expect(await from("192.0.2.7")).toBe(200);
    expect(await from("::ffff:192.0.2.7")).toBe(200);
    expect(await from("192.0.2.7")).toBe(429);
    expect(await from("192.0.2.8")).toBe(200);
    expect(await from("::ffff:c000:0209")).toBe(200);
    expect(await from("192.0.2.9")).toBe(200);
    expect(await from("::FFFF:192.0.2.9")).toBe(429);
  });

  test("a proxy that names the port as well, or no address at all, gives nobody a limit of its own", async () => {
    await restart({ address: 2 }, { trustProxy: 1 });
    const from = async (address: string) =>
      (await post(gateway.url, { "x-forwarded-for": address }, "{ __typename }")).status;
    expect([await from("192.0.2.7:20001"), await from("192.0.2.7:20002"), await from("192.0.2.7")]).toEqual([
      200, 200, 429,
    ]);
    const ipv6 = [
      await from("[2001:db8:1:2::5]:30000"),
      await from("[2001:db8:1:2::6]"),
      await from("2001:db8:1:2::7"),
    ];
    expect(ipv6).toEqual([200, 200, 429]);
    expect([await from("unknown"), await from("_hidden-1"), await from("_hidden-2")]).toEqual([200, 200, 429]);
    expect(await from("192.0.2.8:20001")).toBe(200);
  });
});

/** How often each status came. */
const statusesOf = (answers: { status: number }[]) =>
  answers.reduce<Record<number, number>>((counts, { status }) => {
    counts[status] = (counts[status] ?? 0) + 1;
    return counts;
  }, {});
