import { isNativeError } from "node:util/types";
import type { Logger } from "../logger";

export interface Loop {
  /** What is under way ends first. */
  stop(): Promise<void>;
}

/** Runs `work` again and again, never twice at once. A round that fails is logged, and the next one tries again. */
export function startLoop(everyMs: number, work: () => Promise<unknown>, logger: Logger): Loop {
  let running: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout;
  let stopped = false;
  const schedule = () => {
    // Replicas that started together do not stay together.
    timer = setTimeout(
      () => {
        running = work()
          .then(
            () => undefined,
            (error: unknown) =>
              logger.warn(
                { reason: isNativeError(error) ? error.message : String(error) },
                "A round of the ledger failed",
              ),
          )
          .finally(() => {
            if (!stopped) schedule();
          });
      },
      everyMs * (0.8 + Math.random() * 0.4),
    );
    timer.unref();
  };
  schedule();
  return {
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
