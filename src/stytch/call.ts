import type { UpstreamMeter } from "./meter";

/** What the caller of an SDK method says about the one HTTP call that the method makes. */
export interface UpstreamCall {
  /** The SDK's method, e.g. `organizations.search`: the name in logs and metrics. */
  readonly operation: string;
  /** Reads may be shared with an identical call in flight and repeated after a fault. Writes never. */
  readonly kind: "read" | "write";
  /** A read that must not be older than the moment it was asked for, such as one that a write follows. */
  readonly unshared?: boolean;
  /** Whose call it is: one request of the gateway. */
  readonly meter: UpstreamMeter;
}

/** The HTTP request that the SDK made of a call. */
export interface HttpRequest {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: string | null;
}

/** An answer of Stytch, read to its end. `body` is `undefined` for what is no JSON: a proxy's page, a truncated text. */
export interface Answer {
  status: number;
  body: unknown;
  retryAfterSeconds?: number;
}
