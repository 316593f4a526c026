import { bulkhead } from "cockatiel";
import { Failure } from "../failure";

/** Half of the process's connections, so that one wide query leaves room for others. */
const MAX_IN_FLIGHT = 128;

/** Counts one request's upstream calls and stops it at its bound, so a wrong estimate can never run away. */
export class UpstreamMeter {
  /** Calls that went to Stytch for this request, retries included. */
  upstreamCalls = 0;
  /** Reads answered by an identical one that was already in flight. */
  coalesced = 0;
  /** Stytch's own ids of the answers to this request, for the log. */
  readonly stytchRequestIds: string[] = [];

  /** Bounds what one request has under way at the same time; its further calls wait. */
  readonly slots = bulkhead(MAX_IN_FLIGHT, Number.POSITIVE_INFINITY);
  private retries = 0;

  constructor(public limit = Number.POSITIVE_INFINITY) {}

  /** Books one call, or refuses it when the request has used up its bound. */
  spend(): void {
    if (this.upstreamCalls - this.retries >= this.limit) {
      throw new Failure(
        "COST_LIMIT_EXCEEDED",
        `This query needs more than the ${this.limit} upstream calls it may make. Ask for fewer items per page, or split the query.`,
        { limit: this.limit },
      );
    }
    this.upstreamCalls += 1;
  }

  /** Counted, not refused: the bound was for the query, and retries have a budget of their own. */
  retry(): void {
    this.upstreamCalls += 1;
    this.retries += 1;
  }
}
