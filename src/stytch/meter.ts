import { Failure } from "../failure";
import { RedisPatience } from "../redis";
import type { Span } from "../trace";

/** Whose calls these are before anybody has been identified. */
export const NOBODY = "nobody";

/** Upstream calls that one operation may ask for: 20 Organizations with 50 Members and their authorizations need 1,060. */
export const COST_LIMIT = 2500;

/** Counts one request's upstream calls and stops it at its bound, so a wrong estimate can never run away. */
export class UpstreamMeter {
  /** Calls that went to Stytch for this request, retries included. */
  upstreamCalls = 0;
  /** Reads answered by an identical one that was already in flight. */
  coalesced = 0;
  /** Stytch's own ids of the answers to this request, for the log. */
  readonly stytchRequestIds: string[] = [];
  /** Records that could not be shown, by the name of their list. */
  readonly leftOut = new Map<string, number>();
  /** Whether the caller asked for answers of this moment, not of a moment ago. */
  fresh = false;
  /** By which roles which Member asks: what Stytch refused these is remembered for a moment. `null` for operators. */
  rights: string | null = null;
  /** What it may wait for Redis. */
  patience = new RedisPatience();
  /** Its place in a trace, if it is traced. */
  span: Span | null = null;
  /** Calls under way at this moment: `slots.ts` counts them. */
  underWay = 0;
  #retries = 0;
  #gone = false;
  #deeds = 0;
  readonly #listeners = new Set<() => void>();

  /** `tenant`: whose part of what tenants share the calls are taken from: an Organization's id, or `operators`. */
  constructor(
    public limit = Number.POSITIVE_INFINITY,
    public tenant: string = NOBODY,
  ) {}

  /** Books one call, or refuses it when the request has used up its bound. */
  spend(): void {
    if (this.upstreamCalls - this.#retries >= this.limit) {
      throw new Failure(
        "COST_LIMIT_EXCEEDED",
        `This query needs more than the ${this.limit} upstream calls it may make. Ask for fewer items per page, or split the query.`,
        { limit: this.limit },
      );
    }
    this.upstreamCalls += 1;
  }

  /**
   * Raises the bound for what turned out larger than it assumed, before anything of that is spent. `advice` says how to
   * ask for less. @throws COST_LIMIT_EXCEEDED
   */
  raise(calls: number, what: string, advice: string): void {
    const requested = this.limit + calls;
    // Without a bound there is nothing to raise.
    if (Number.isFinite(requested) && requested > COST_LIMIT) {
      throw new Failure(
        "COST_LIMIT_EXCEEDED",
        `${what}: this query may need ${requested} upstream calls or more; at most ${COST_LIMIT} are allowed. ${advice}`,
        { requested, limit: COST_LIMIT },
      );
    }
    this.limit = requested;
  }

  /** Counted, not refused: the bound was for the query, and retries have a budget of their own. */
  retry(): void {
    this.upstreamCalls += 1;
    this.#retries += 1;
  }

  /** Whoever asked has gone: calls that wait are dropped and none is sent any more. What was sent is awaited. */
  abort(): void {
    this.#gone = true;
    if (this.#deeds > 0) return;
    for (const listener of this.#listeners) listener();
    this.#listeners.clear();
  }

  /** Nobody waits for the answer any more. */
  get gone(): boolean {
    return this.#gone;
  }

  /** Whether no call is to be sent any more. */
  get aborted(): boolean {
    return this.#gone && this.#deeds === 0;
  }

  /** A deed that was begun is finished, whoever goes away meanwhile: a consent that was used up would be lost. */
  async finish<T>(deed: () => Promise<T>): Promise<T> {
    this.#deeds += 1;
    try {
      return await deed();
    } finally {
      this.#deeds -= 1;
    }
  }

  /** Tells `listener` of an abort, until the returned function is called. */
  onAbort(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
