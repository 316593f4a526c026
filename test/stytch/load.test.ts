import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { Fault } from "stytch-emulator";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { type Answer, post } from "../support/post";

const DEADLINE_MS = 2000;
const CONCURRENCY = 16;
const REQUESTS = 240;
/** Most upstream calls that one of the operations below makes one after the other. */
const CALLS_IN_A_ROW = 2;
/** For a busy machine: what an answer may take beyond its deadlines. */
const SLACK_MS = 1500;
/** About 32 kB for each request in between. */
const HEAP_SLACK_BYTES = 16 * 2 ** 20;
/** A breaker waits longer each time that it opens again. */
const RECOVERY_MS = 15_000;

/** The last is a good answer: with none, the breakers would soon refuse everything. */
const FAULTS: Fault[] = [
  { kind: "status", status: 503 },
  { kind: "reset" },
  { kind: "hang" },
  { kind: "delay", ms: 0 },
];
const UPSTREAM_CODES = new Set(["UPSTREAM_UNAVAILABLE", "UPSTREAM_TIMEOUT"]);

// Node's `--expose-gc`, switched on from inside.
setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

let gateway: TestGateway;
let operations: (() => Promise<Answer>)[];
beforeAll(async () => {
  const unlimited = { viewer: 1e6, organization: 1e6, address: 1e6 };
  gateway = await startTestGateway({ config: { upstreamTimeoutMs: DEADLINE_MS }, rateLimits: unlimited });
  const { emulator, url } = gateway;
  const { session_token } = await emulator.mintSession({ memberId: emulator.seeded.people.memberId });
  const member = { "x-stytch-member-session": session_token };
  const service = { authorization: `Bearer ${await emulator.mintM2mToken()}` };
  operations = [
    () => post(url, member, `{ viewer { member { name organization { name } } } }`),
    () => post(url, service, `{ organization(id: "northwind") { name } }`),
    () => post(url, service, `{ connectedApps(first: 5) { nodes { name } } }`),
  ];
});
afterAll(() => gateway.stop());

/** So many requests, `CONCURRENCY` at a time, each operation in turn. */
async function load(count: number) {
  const answers: { codes: unknown[]; milliseconds: number }[] = [];
  let sent = 0;
  async function work() {
    while (sent < count) {
      const send = operations[sent++ % operations.length];
      const started = performance.now();
      const { errors } = (await send?.()) ?? { errors: [] };
      answers.push({
        codes: errors.map(({ extensions }) => extensions.code),
        milliseconds: performance.now() - started,
      });
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  const times = answers.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b);
  return {
    answers: answers.length,
    codes: answers.flatMap(({ codes }) => codes),
    median: times[Math.floor(times.length / 2)] ?? 0,
    slowest: times.at(-1) ?? 0,
  };
}

function heapUsed(): number {
  // What the test itself keeps.
  gateway.logs.length = 0;
  gateway.emulator.clearRequests();
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

/** Breakers close by themselves once calls get through; asking is what lets them. */
async function recovered(): Promise<void> {
  const until = performance.now() + RECOVERY_MS;
  for (const send of operations) {
    while ((await send()).errors.length > 0) {
      if (performance.now() > until) throw new Error("The gateway has not recovered.");
      await new Promise(setImmediate);
    }
  }
}

// Jest fails a test during which a promise is rejected and nobody handles it.
test("under load, trouble upstream ends with the trouble: no errors, no delay and no memory stay behind", async () => {
  await load(REQUESTS);

  const before = await load(REQUESTS);
  const heapBefore = heapUsed();
  expect(before).toMatchObject({ answers: REQUESTS, codes: [] });

  for (let i = 0; i < REQUESTS * CALLS_IN_A_ROW; i++) {
    const fault = FAULTS[i % FAULTS.length];
    if (fault) gateway.emulator.faults.inject({ route: "*", fault });
  }
  const during = await load(REQUESTS);
  expect(during.answers).toBe(REQUESTS);
  expect(during.slowest).toBeLessThan(CALLS_IN_A_ROW * DEADLINE_MS + SLACK_MS);
  expect(new Set(during.codes)).toEqual(UPSTREAM_CODES);

  gateway.emulator.faults.clear();
  await recovered();
  const after = await load(REQUESTS);
  expect(after).toMatchObject({ answers: REQUESTS, codes: [] });
  expect(after.median / before.median).toBeLessThan(5);
  expect(heapUsed() - heapBefore).toBeLessThan(HEAP_SLACK_BYTES);
});
