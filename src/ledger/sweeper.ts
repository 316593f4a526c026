import { isNativeError } from "node:util/types";
import type { Logger } from "../logger";
import { type Loop, startLoop } from "./loop";
import type { OpenOperation, Result } from "./operation";
import { type Operations, SETTLE_AFTER_MS } from "./operations";

/**
 * Asks Stytch what became of an operation. `null`: it can never be told, and the event says UNKNOWN. Thrown errors mean
 * that it cannot be told now, and it is asked again later.
 */
export type Resolve = (operation: OpenOperation) => Promise<Result | null>;

const EVERY_MS = 5000;
const AT_ONCE = 20;
/** After this long nobody will find out any more. */
const GIVE_UP_MS = 7 * 24 * 3_600_000;

export interface SweeperOptions {
  logger: Logger;
  clock: () => Date;
  everyMs?: number | undefined;
  /** How old an operation is when what did not happen will not happen: longer than any request. */
  sureAfterMs?: number | undefined;
}

export interface Sweeper extends Loop {
  /** One round. How many operations were settled by it. */
  run(): Promise<number>;
}

/** Settles what a crash or a lost answer left open: once, whichever replica comes first, since each row is leased. */
export function startSweeper(
  operations: Operations,
  resolve: Resolve,
  { logger, clock, everyMs, sureAfterMs = SETTLE_AFTER_MS }: SweeperOptions,
): Sweeper {
  async function settle(operation: OpenOperation): Promise<boolean> {
    const { id, action, requestId, startedAt } = operation;
    const age = clock().getTime() - startedAt.getTime();
    try {
      const result = await resolve(operation);
      if (result?.outcome === "FAILED" && age < sureAfterMs) {
        await operations.postpone(operation);
        return false;
      }
      const settled = await operations.settle(operation, result ?? { outcome: "UNKNOWN", code: "NOT_TO_BE_TOLD" });
      if (settled)
        logger.warn({ operation: id, action, requestId, outcome: result?.outcome ?? "UNKNOWN" }, "Operation settled");
      return settled;
    } catch (error) {
      const reason = isNativeError(error) ? error.message : String(error);
      logger.warn({ operation: id, action, requestId, reason }, "Operation not settled yet");
      if (age > GIVE_UP_MS) {
        return operations.settle(operation, { outcome: "UNKNOWN", code: "NOT_TO_BE_TOLD" });
      }
      await operations.postpone(operation);
      return false;
    }
  }

  async function run(): Promise<number> {
    let settled = 0;
    for (;;) {
      const claimed = await operations.claimOpen(AT_ONCE);
      for (const operation of claimed) if (await settle(operation)) settled++;
      if (claimed.length < AT_ONCE) return settled;
    }
  }

  return { run, ...startLoop(everyMs ?? EVERY_MS, run, logger) };
}
