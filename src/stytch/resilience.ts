import { setTimeout as pause } from "node:timers/promises";
import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleWhen,
  wrap,
} from "cockatiel";
import type { Logger } from "../logger";
import { BREAKER_STATES, type Metrics } from "../metrics";
import { DeadlinePassed } from "./exchange";
import { RetryBudget } from "./retry-budget";
import { type Answer, connectionFault, faultIn, UpstreamFault } from "./upstream-fault";

export interface ResilienceOptions {
  /** Bounds the whole call: waiting, every try and the pauses between them. */
  timeoutMs: number;
  /** Calls at the same time; `QUEUE_PER_SLOT` times as many wait, more are refused at once. */
  maxConcurrency: number;
  logger: Logger;
  metrics: Metrics;
}

export interface Attempt {
  /** The SDK's method. */
  operation: string;
  kind: "read" | "write";
  /** Sends the request once. @throws DeadlinePassed after `timeoutMs` */
  send(timeoutMs: number): Promise<Answer>;
  onRetry(): void;
}

/** Tries after the first. */
const MAX_RETRIES = 2;
const FIRST_PAUSE_MS = 50;
/** Faults of one endpoint in a row that open its breaker. */
const BREAKER_THRESHOLD = 10;
const QUEUE_PER_SLOT = 4;
/** Told to callers that were refused without a try. */
const SHED_RETRY_SECONDS = 1;

const isFault = (error: Error): error is UpstreamFault => error instanceof UpstreamFault;

/**
 * Carries calls through Stytch's bad moments: a deadline, retries for reads only, a breaker per endpoint, and a bound on
 * what runs and waits. @throws UpstreamFault
 */
export function createResilience({ timeoutMs, maxConcurrency, logger, metrics }: ResilienceOptions) {
  const budget = new RetryBudget();
  // First tries wait in order and end by their deadline, so one that waits gets its turn before its own has passed.
  const slots = bulkhead(maxConcurrency, maxConcurrency * QUEUE_PER_SLOT);
  function createBreaker(endpoint: string) {
    const breaker = circuitBreaker(
      handleWhen((error) => isFault(error) && (error.reason === "broken" || error.reason === "late")),
      {
        breaker: new ConsecutiveBreaker(BREAKER_THRESHOLD),
        halfOpenAfter: new ExponentialBackoff({ initialDelay: 1000, maxDelay: 30_000 }),
      },
    );
    breaker.onStateChange((state) => {
      const isOpen = state === CircuitState.Open;
      const value = isOpen ? "open" : state === CircuitState.HalfOpen ? "halfOpen" : "closed";
      metrics.breakerState.set({ endpoint }, BREAKER_STATES[value]);
      logger[isOpen ? "error" : "info"]({ endpoint, breaker: value }, "Upstream breaker changed");
    });
    return wrap(breaker, slots);
  }
  const guards = new Map<string, ReturnType<typeof createBreaker>>();
  function guardOf({ operation }: Attempt) {
    const known = guards.get(operation) ?? createBreaker(operation);
    guards.set(operation, known);
    return known;
  }

  /** One try, measured. */
  async function once(attempt: Attempt, remainingMs: number): Promise<Answer> {
    const endpoint = attempt.operation;
    const stop = metrics.upstreamSeconds.startTimer({ endpoint });
    let status = "none";
    try {
      const answer = await attempt.send(remainingMs);
      status = String(answer.status);
      const fault = faultIn(answer);
      if (fault) throw fault;
      budget.refund();
      return answer;
    } catch (error) {
      if (isFault(error as Error)) throw error;
      if (error instanceof DeadlinePassed) throw new UpstreamFault("late", { sent: error.sent });
      throw connectionFault(error);
    } finally {
      stop();
      metrics.upstreamRequests.inc({ endpoint, status });
    }
  }

  /** Milliseconds before another try, if one is allowed and there is time and budget for it. */
  function pauseAfter(fault: UpstreamFault, kind: Attempt["kind"], tries: number, endsAt: number): number | undefined {
    const isPassing = fault.reason === "limited" || fault.reason === "broken";
    if (kind === "write" || !isPassing || tries > MAX_RETRIES) return undefined;
    const remainingMs = endsAt - performance.now();
    const askedMs = (fault.details.retryAfterSeconds ?? 0) * 1000;
    // Full jitter on top of what Stytch asks for, so that waiting callers do not come back as one wave.
    const pauseMs = askedMs + Math.random() * FIRST_PAUSE_MS * 2 ** tries;
    return pauseMs < remainingMs && budget.take() ? pauseMs : undefined;
  }

  return async function run(attempt: Attempt): Promise<Answer> {
    const endsAt = performance.now() + timeoutMs;
    const guard = guardOf(attempt);
    let tries = 0;
    let known: UpstreamFault | undefined;

    function send(): Promise<Answer> {
      const remainingMs = Math.ceil(endsAt - performance.now());
      if (remainingMs <= 0) throw new UpstreamFault("late", { sent: tries > 0 });
      if (tries > 0) {
        metrics.upstreamRetries.inc({ endpoint: attempt.operation });
        attempt.onRetry();
      }
      tries += 1;
      return once(attempt, remainingMs);
    }

    for (;;) {
      try {
        // A retry waits behind calls with later deadlines, so its own is kept here.
        return await (tries === 0 ? guard.execute(send) : until(endsAt, guard.execute(send)));
      } catch (error) {
        const fault = toFault(error);
        const pauseMs = pauseAfter(fault, attempt.kind, tries, endsAt);
        if (pauseMs !== undefined) {
          known = fault;
          await pause(pauseMs);
          continue;
        }
        // What Stytch did says more than that there was no time for another try.
        const told = fault.reason === "late" ? (known ?? fault) : fault;
        if (told.details.answer) return told.details.answer;
        throw told;
      }
    }
  };
}

/** @throws UpstreamFault at `endsAt` if the work has not ended by then. */
async function until<T>(endsAt: number, work: Promise<T>): Promise<T> {
  const ended = new AbortController();
  const passed = pause(Math.max(0, endsAt - performance.now()), undefined, { signal: ended.signal });
  const late = passed.then((): never => {
    throw new UpstreamFault("late", { sent: true });
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    ended.abort();
  }
}

function toFault(error: unknown): UpstreamFault {
  if (error instanceof UpstreamFault) return error;
  if (error instanceof BrokenCircuitError || error instanceof BulkheadRejectedError) {
    return new UpstreamFault("shed", { sent: false, retryAfterSeconds: SHED_RETRY_SECONDS });
  }
  throw error;
}
