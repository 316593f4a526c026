import { isNativeError } from "node:util/types";
import type { Logger } from "../logger";
import { type Loop, startLoop } from "./loop";
import type { DueRotation, Rotations } from "./rotations";

const EVERY_MS = 5000;
const AT_ONCE = 10;

export interface RotationClock extends Loop {
  /** One round. How many rotations were brought to an end. */
  run(): Promise<number>;
}

/**
 * Calls `complete` for each rotation whose time has come, in one replica at a time. It ends the rotation with an effect
 * (`completed`, or `cancelled` when somebody was faster). What it throws means: not now, later, after a longer pause.
 */
export function startRotationClock(
  rotations: Rotations,
  complete: (due: DueRotation) => Promise<void>,
  { logger, everyMs }: { logger: Logger; everyMs?: number | undefined },
): RotationClock {
  async function end(due: DueRotation): Promise<boolean> {
    const { connectedAppId, completeAfter, failures } = due;
    logger.info({ connectedAppId, completeAfter, failures }, "Secret rotation due");
    try {
      await complete(due);
      return true;
    } catch (error) {
      const reason = isNativeError(error) ? error.message : String(error);
      logger.warn(
        { connectedAppId, completeAfter, failures: failures + 1, reason },
        "Secret rotation not completed yet",
      );
      await rotations.failed(due);
      return false;
    }
  }

  async function run(): Promise<number> {
    let ended = 0;
    for (;;) {
      const claimed = await rotations.claimDue(AT_ONCE);
      for (const due of claimed) if (await end(due)) ended++;
      if (claimed.length < AT_ONCE) return ended;
    }
  }

  return { run, ...startLoop(everyMs ?? EVERY_MS, run, logger) };
}
