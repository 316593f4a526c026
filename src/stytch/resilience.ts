import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  DelegateBackoff,
  ExponentialBackoff,
  handleWhen,
  type IRetryBackoffContext,
  retry,
  TaskCancelledError,
  TimeoutStrategy,
  timeout,
  wrap,
} from "cockatiel";
import type { Logger } from "../logger";
import { BREAKER_STATES, type Metrics } from "../metrics";
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
  /** Sends the request once. */
  send(signal: AbortSignal): Promise<Answer>;
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
  const deadline = timeout(timeoutMs, TimeoutStrategy.Aggressive);
  const slots = bulkhead(maxConcurrency, maxConcurrency * QUEUE_PER_SLOT);
  const retries = retry(
    handleWhen((error) => isFault(error) && error.details.repeatable === true),
    {
      maxAttempts: MAX_RETRIES,
      backoff: new DelegateBackoff(({ attempt, result }: IRetryBackoffContext<unknown>) => {
        const fault = "error" in result && isFault(result.error) ? result.error : undefined;
        // Full jitter on top of what Stytch asks for, so that waiting callers do not come back as one wave.
        const jitter = Math.random() * FIRST_PAUSE_MS * 2 ** attempt;
        return (fault?.details.retryAfterSeconds ?? 0) * 1000 + jitter;
      }),
    },
  );

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
    return { read: wrap(deadline, retries, breaker, slots), write: wrap(deadline, breaker, slots) };
  }
  const policies = new Map<string, ReturnType<typeof createBreaker>>();
  function policyOf({ operation, kind }: Attempt) {
    const known = policies.get(operation) ?? createBreaker(operation);
    policies.set(operation, known);
    return known[kind];
  }

  /** One try, measured. */
  async function once(attempt: Attempt, signal: AbortSignal): Promise<Answer> {
    const endpoint = attempt.operation;
    const stop = metrics.upstreamSeconds.startTimer({ endpoint });
    let status = "none";
    try {
      const answer = await attempt.send(signal);
      status = String(answer.status);
      const fault = faultIn(answer);
      if (fault) throw fault;
      budget.refund();
      return answer;
    } catch (error) {
      if (isFault(error as Error)) throw error;
      if (signal.aborted) throw new UpstreamFault("late", { sent: true });
      throw connectionFault(error);
    } finally {
      stop();
      metrics.upstreamRequests.inc({ endpoint, status });
    }
  }

  return async function run(attempt: Attempt): Promise<Answer> {
    const endsAt = performance.now() + timeoutMs;
    const isRepeatable = (fault: UpstreamFault) =>
      attempt.kind === "read" &&
      fault.reason !== "late" &&
      performance.now() + (fault.details.retryAfterSeconds ?? 0) * 1000 < endsAt &&
      tries <= MAX_RETRIES &&
      budget.take();
    let tries = 0;
    try {
      return await policyOf(attempt).execute(async ({ signal }) => {
        // The breaker drops the deadline's signal after its half-open wait, so the clock is asked too.
        if (signal.aborted || performance.now() >= endsAt) throw new UpstreamFault("late", { sent: tries > 0 });
        if (tries > 0) {
          metrics.upstreamRetries.inc({ endpoint: attempt.operation });
          attempt.onRetry();
        }
        tries += 1;
        try {
          return await once(attempt, signal);
        } catch (error) {
          const fault = error as UpstreamFault;
          throw new UpstreamFault(fault.reason, { ...fault.details, repeatable: isRepeatable(fault) });
        }
      });
    } catch (error) {
      const fault = toFault(error, tries > 0);
      if (fault.details.answer) return fault.details.answer;
      throw fault;
    }
  };
}

function toFault(error: unknown, sent: boolean): UpstreamFault {
  if (error instanceof UpstreamFault) return error;
  if (error instanceof BrokenCircuitError || error instanceof BulkheadRejectedError) {
    return new UpstreamFault("shed", { sent: false, retryAfterSeconds: SHED_RETRY_SECONDS });
  }
  if (error instanceof TaskCancelledError) return new UpstreamFault("late", { sent });
  throw error;
}
