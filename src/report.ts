import { Failure } from "./failure";
import type { Logger } from "./logger";

/**
 * The one place that writes failures down: what is our own fault, and what nobody expected. Failures that callers cause
 * are in the line of their operation; failures of Stytch are written where the call is made.
 */
export function reportFault(logger: Logger, where: Record<string, unknown>, error: unknown): void {
  if (error instanceof Failure) {
    if (error.code === "INTERNAL_SERVER_ERROR") {
      const stack = error.cause instanceof Error ? error.cause.stack : undefined;
      logger.error({ ...where, extensions: error.details, ...(stack && { stack }) }, error.message);
    }
    return;
  }
  logger.error({ ...where, stack: error instanceof Error ? error.stack : undefined }, "Unexpected error");
}
