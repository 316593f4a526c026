import { setTimeout as delay } from "node:timers/promises";
import { createLogger } from "../../src/logger";
import { createMetrics } from "../../src/metrics";
import { DeadlinePassed } from "../../src/stytch/exchange";
import { createResilience } from "../../src/stytch/resilience";
import type { Answer } from "../../src/stytch/upstream-fault";

const TIMEOUT_MS = 600;

test("a retry that waits behind a newer call ends at its own deadline, with the fault that caused it", async () => {
  const run = createResilience({
    timeoutMs: TIMEOUT_MS,
    maxConcurrency: 1,
    logger: createLogger("silent"),
    metrics: createMetrics(),
  });
  const read = (send: (timeoutMs: number) => Promise<Answer>) =>
    run({ operation: "organizations.get", kind: "read", send, onRetry: () => undefined });
  const hang = async (timeoutMs: number): Promise<Answer> => {
    await delay(timeoutMs);
    throw new DeadlinePassed(true);
  };
  let tries = 0;
  const first = read(async () => {
    tries += 1;
    // Half of the time is used up; the newer call is asked for meanwhile and takes the slot from the retry.
    await delay(TIMEOUT_MS / 2);
    return { status: 503, body: undefined };
  });
  await delay(TIMEOUT_MS / 4);
  const newer = read(hang);
  const ended = await Promise.race([
    first.catch(({ reason }) => ({ first: reason })),
    newer.catch(({ reason }) => ({ newer: reason })),
  ]);
  expect(ended).toEqual({ first: "broken" });
  expect(tries).toBe(1);
  await expect(newer).rejects.toMatchObject({ reason: "late" });
});
