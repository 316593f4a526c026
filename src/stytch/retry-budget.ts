const TOKENS = 20;
const REFUND = 0.1;

/**
 * Keeps retries below about a tenth of the traffic when Stytch is down for everybody: a retry takes a token, a success
 * gives a tenth back (gRPC's retry throttling, gRFC A6).
 */
export class RetryBudget {
  #tokens = TOKENS;

  take(): boolean {
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  refund(): void {
    this.#tokens = Math.min(TOKENS, this.#tokens + REFUND);
  }
}
