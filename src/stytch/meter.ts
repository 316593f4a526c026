import { GatewayError } from "../errors";

/** Counts one request's upstream calls and stops it at its bound, so a wrong estimate can never run away. */
export class UpstreamMeter {
  /** Calls that went to Stytch for this request, retries included. */
  upstreamCalls = 0;
  /** Reads answered by an identical one that was already in flight. */
  coalesced = 0;
  /** Stytch's own ids of the answers to this request, for the log. */
  readonly stytchRequestIds: string[] = [];

  constructor(public limit = Number.POSITIVE_INFINITY) {}

  /** Books one call, or refuses it when the request has used up its bound. */
  spend(): void {
    if (this.upstreamCalls >= this.limit) {
      throw new GatewayError(
        "COST_LIMIT_EXCEEDED",
        `This query needs more than the ${this.limit} upstream calls it may make. Ask for fewer items per page, or split the query.`,
        { limit: this.limit },
      );
    }
    this.upstreamCalls += 1;
  }
}
