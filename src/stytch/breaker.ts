import { LRUCache } from "lru-cache";
import type { Logger } from "../logger";
import { BREAKER_STATES, type Metrics } from "../metrics";
import type { UpstreamCall } from "./call";
import { UpstreamFault } from "./fault";
import { NOBODY } from "./meter";
import { SHED_RETRY_SECONDS } from "./slots";

/** Faults in a row that open a breaker. */
const THRESHOLD = 10;
/** Tenants among those faults without which an endpoint is not closed to everybody. */
const MIN_TENANTS = 3;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
/** Breakers of one tenant and endpoint that are remembered: about 200 bytes each. The oldest is forgotten, thus closed. */
const MAX_TENANT_BREAKERS = 10_000;

/** The tenant of calls with the project's own credentials: whoever holds them is trusted to speak for everybody. */
export const OPERATORS = "operators";

type State = keyof typeof BREAKER_STATES;

/** Counts faults in a row; once open, lets one call try after a pause that grows with each failed try. */
class Breaker {
  #faults = 0;
  #opened = 0;
  #closedUntil = 0;
  #isTrying = false;
  state: State = "closed";

  constructor(private readonly onChange: (state: State) => void) {}

  /** Whether a call may go. Every call that may must end in one of `succeed`, `fail` and `release`. */
  admit(): boolean {
    if (this.state === "closed") return true;
    if (this.#isTrying || performance.now() < this.#closedUntil) return false;
    this.#isTrying = true;
    this.#change("halfOpen");
    return true;
  }

  succeed(): void {
    this.#faults = 0;
    this.#opened = 0;
    this.#isTrying = false;
    this.#change("closed");
  }

  /** `mayOpen`: a closed one opens at its threshold only if this holds. */
  fail(mayOpen: boolean): void {
    this.#faults += 1;
    const failedTry = this.state === "halfOpen" && this.#isTrying;
    this.#isTrying = false;
    // A call that began before the breaker opened says nothing new.
    if (this.state === "open" || (!failedTry && !(mayOpen && this.#faults >= THRESHOLD))) return;
    this.#closedUntil = performance.now() + Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#opened);
    this.#opened += 1;
    this.#change("open");
  }

  /** The call ended without a word about Stytch's health. */
  release(): void {
    this.#isTrying = false;
  }

  #change(state: State): void {
    if (state === this.state) return;
    this.state = state;
    this.onChange(state);
  }
}

interface Endpoint {
  breaker: Breaker;
  /** Who had a fault since the last good answer: `MIN_TENANTS` at most. */
  tenants: Set<string>;
  /** Faults of operators since then. */
  operators: number;
}

export type Breakers = ReturnType<typeof createBreakers>;

/**
 * Keeps calls back from an endpoint that fails. A tenant whose calls fail in a row loses the endpoint for itself; nobody
 * else does, unless others or operators had faults too and no answer was good in between. Callers who are not identified
 * yet count as one tenant there, and have no breaker of their own.
 */
export function createBreakers({ logger, metrics }: { logger: Logger; metrics: Metrics }) {
  const endpoints = new Map<string, Endpoint>();
  const ofTenants = new LRUCache<string, Breaker>({ max: MAX_TENANT_BREAKERS });

  function endpointOf(operation: string): Endpoint {
    const known = endpoints.get(operation);
    if (known) return known;
    const breaker = new Breaker((state) => {
      metrics.breakerState.set({ endpoint: operation }, BREAKER_STATES[state]);
      logger[state === "open" ? "error" : "info"]({ endpoint: operation, breaker: state }, "Upstream breaker changed");
    });
    const made = { breaker, tenants: new Set<string>(), operators: 0 };
    endpoints.set(operation, made);
    return made;
  }

  /** Made at a tenant's first fault and forgotten with the next good answer. */
  function tenantBreaker(operation: string, tenant: string): Breaker {
    const key = `${operation} ${tenant}`;
    const known = ofTenants.get(key);
    if (known) return known;
    const made = new Breaker((breaker) => {
      if (breaker === "open") metrics.tenantBreakers.inc({ endpoint: operation });
      logger.info({ endpoint: operation, tenant, breaker }, "Upstream breaker of one tenant changed");
    });
    ofTenants.set(key, made);
    return made;
  }

  function succeed(endpoint: Endpoint, operation: string, tenant: string): void {
    endpoint.breaker.succeed();
    endpoint.tenants.clear();
    endpoint.operators = 0;
    if (ofTenants.size > 0) {
      ofTenants.get(`${operation} ${tenant}`)?.succeed();
      ofTenants.delete(`${operation} ${tenant}`);
    }
  }

  function fail(endpoint: Endpoint, operation: string, tenant: string): void {
    if (endpoint.tenants.size < MIN_TENANTS) endpoint.tenants.add(tenant);
    if (tenant === OPERATORS) endpoint.operators += 1;
    endpoint.breaker.fail(endpoint.tenants.size >= MIN_TENANTS || endpoint.operators >= THRESHOLD);
    // Whoever is not identified yet may be anybody: one caller's faults must not close the way in for all.
    if (tenant !== OPERATORS && tenant !== NOBODY) tenantBreaker(operation, tenant).fail(true);
  }

  /** @throws UpstreamFault without a try while a breaker is open */
  return async function guarded<T>({ operation, meter }: UpstreamCall, work: () => Promise<T>): Promise<T> {
    const { tenant } = meter;
    const endpoint = endpointOf(operation);
    const own = ofTenants.size > 0 ? ofTenants.get(`${operation} ${tenant}`) : undefined;
    // Its own first, so that a tenant whose calls fail does not get the one try that is made for all.
    if (own && !own.admit()) throw closed();
    if (!endpoint.breaker.admit()) {
      own?.release();
      throw closed();
    }
    try {
      const answer = await work();
      succeed(endpoint, operation, tenant);
      return answer;
    } catch (error) {
      if (isStytchsFault(error)) fail(endpoint, operation, tenant);
      else {
        endpoint.breaker.release();
        own?.release();
      }
      throw error;
    }
  };
}

const closed = () =>
  new UpstreamFault("shed", { sent: false, cause: "breaker", retryAfterSeconds: SHED_RETRY_SECONDS });

/** A call that waited too long here, or is over a limit, says nothing about Stytch's health. */
const isStytchsFault = (error: unknown) =>
  error instanceof UpstreamFault &&
  (error.reason === "broken" || error.reason === "late") &&
  error.details.cause !== "queue";
