import { setTimeout as pause } from "node:timers/promises";
import type { Metrics } from "../metrics";
import type { Answer, UpstreamCall } from "./call";
import { UpstreamFault } from "./fault";
import { RetryBudget } from "./retry-budget";
import { isScarce } from "./searches";

/** Tries after the first. */
const MAX_RETRIES = 2;
const FIRST_PAUSE_MS = 50;

/** Repeats reads that failed for a passing reason, while there is time and budget for it. Writes are tried once. */
export function createRetry(metrics: Metrics) {
  const budget = new RetryBudget();

  /** Milliseconds before another try, if one is allowed and there is time and budget for it. */
  function pauseAfter(fault: UpstreamFault, call: UpstreamCall, tries: number, endsAt: number): number | undefined {
    // Over a limit that is counted by the minute, another try is refused as well.
    const isPassing = fault.reason === "broken" || (fault.reason === "limited" && !isScarce(call.operation));
    if (call.kind === "write" || !isPassing || tries > MAX_RETRIES || call.meter.aborted) return undefined;
    const remainingMs = endsAt - performance.now();
    const askedMs = (fault.details.retryAfterSeconds ?? 0) * 1000;
    // Full jitter on top of what Stytch asks for, so that waiting callers do not come back as one wave.
    const pauseMs = askedMs + Math.random() * FIRST_PAUSE_MS * 2 ** tries;
    return pauseMs < remainingMs && budget.take() ? pauseMs : undefined;
  }

  return async function retried(
    call: UpstreamCall,
    endsAt: number,
    attempt: (tries: number) => Promise<Answer>,
  ): Promise<Answer> {
    let known: UpstreamFault | undefined;
    for (let tries = 1; ; tries += 1) {
      try {
        const answer = await attempt(tries);
        budget.refund();
        return answer;
      } catch (error) {
        // What Stytch did says more than that there was no time, or no leave, for another try.
        const isTry = error instanceof UpstreamFault && error.reason !== "late";
        const fault = isTry ? error : known;
        if (!fault) throw error;
        const pauseMs = isTry ? pauseAfter(fault, call, tries, endsAt) : undefined;
        if (pauseMs === undefined) throw fault;
        known = fault;
        await pause(pauseMs);
        metrics.upstreamRetries.inc({ endpoint: call.operation });
        call.meter.retry();
      }
    }
  };
}
