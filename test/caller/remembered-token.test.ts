import { setImmediate as turn } from "node:timers/promises";
import { type Emulator, M2M_TOKEN_SECONDS, startEmulator } from "stytch-emulator";
import type { Gate } from "../../src/caller/gate";
import { createIdentify } from "../../src/caller/identify";
import { type Ledger, openLedger } from "../../src/ledger/open";
import { createRecorder } from "../../src/ledger/recorder";
import { createLogger } from "../../src/logger";
import { createMetrics } from "../../src/metrics";
import { RedisPatience } from "../../src/redis";
import { createStytch, type Stytch } from "../../src/stytch/stytch";

const OPEN: Gate = {
  nobody: async () => undefined,
  known: async () => undefined,
  unproven: async () => ({ good: () => undefined, unanswered: () => undefined }),
  unknownKey: async () => ({ good: () => undefined, unanswered: () => undefined }),
  refused: async () => undefined,
  costlyText: () => undefined,
};

let emulator: Emulator;
let stytch: Stytch;
let ledger: Ledger;
/** The emulator's clock is behind, so that a token ends soon after it was made. */
const LEFT_SECONDS = 2;
beforeAll(async () => {
  const behindMs = (M2M_TOKEN_SECONDS - LEFT_SECONDS) * 1000;
  emulator = await startEmulator({ port: 0, clock: () => new Date(Date.now() - behindMs) });
  const [logger, metrics] = [createLogger("silent"), createMetrics()];
  ledger = await openLedger({ databaseUrl: "memory", logger, metrics, clock: () => new Date() });
  stytch = createStytch({
    projectId: emulator.projectId,
    secret: emulator.secret,
    baseUrl: `${emulator.url}/`,
    timeoutMs: 5000,
    coalesce: true,
    searchesPerMinute: 0,
    directoryMaxAgeSeconds: 0,
    logger: createLogger("silent"),
    metrics: createMetrics(),
  });
});
afterAll(async () => {
  await stytch.close();
  await ledger.stop();
  await emulator.stop();
});

test("a token is checked once, and again as soon as its time is over", async () => {
  let checks = 0;
  const counted: Stytch = {
    ...stytch,
    verifyM2mToken: (...asked) => {
      checks += 1;
      return stytch.verifyM2mToken(...asked);
    },
  };
  const recorder = createRecorder(ledger, createLogger("silent"));
  const identify = createIdentify({ stytch: counted, operatorOrganizationId: undefined, recorder });
  const bearer = await emulator.mintM2mToken();
  const endsAt = Date.now() + LEFT_SECONDS * 1000;
  const parts = { requestId: "test", gate: OPEN, whenGone: () => undefined, span: null };
  const use = () => identify({ bearer }, { ...parts, patience: new RedisPatience() });
  await use();
  await use();
  expect(checks).toBe(1);
  while (checks === 1) {
    await use();
    await turn();
  }
  // Times in tokens are whole seconds.
  expect(Math.abs(Date.now() - endsAt)).toBeLessThan(1500);
});
