/** An answer of Stytch that the SDK can read. */
export interface Answer {
  status: number;
  body: unknown;
  retryAfterSeconds?: number;
}

export type FaultReason =
  /** Over Stytch's limit. */
  | "limited"
  /** Stytch or a proxy before it failed, or the connection broke, or the body is unreadable. */
  | "broken"
  /** The deadline of the whole call passed. */
  | "late"
  /** Not sent: too many calls wait already, or the breaker is open. */
  | "shed";

export interface FaultDetails {
  /** Whether Stytch may have seen the request. If so, nobody knows what a write did. */
  sent: boolean;
  /** Present when Stytch answered in its own shape, which says more than we could. */
  answer?: Answer;
  retryAfterSeconds?: number;
}

/** Why a call has no good answer. Holds nothing of the request, which may carry a session or a secret. */
export class UpstreamFault extends Error {
  constructor(
    readonly reason: FaultReason,
    readonly details: FaultDetails,
  ) {
    super(`Upstream call failed: ${reason}`);
  }
}

/** Failures that happen before a byte of the request leaves this machine. */
const NEVER_SENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "UND_ERR_CONNECT_TIMEOUT"]);

export function connectionFault(error: unknown): UpstreamFault {
  const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
  return new UpstreamFault("broken", { sent: !NEVER_SENT.has(String(code)) });
}

/** The fault in this answer, or `null` when it is one: Stytch's own refusals (4xx) are answers. */
export function faultIn(answer: Answer): UpstreamFault | null {
  const { status, body, retryAfterSeconds } = answer;
  const isReadable = typeof body === "object" && body !== null && !Array.isArray(body);
  const details = {
    // Stytch says that it refused; whoever wrote anything else may have let it through.
    sent: status !== 429,
    ...(isReadable && { answer }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  };
  if (status === 429) return new UpstreamFault("limited", details);
  return status >= 500 || !isReadable ? new UpstreamFault("broken", details) : null;
}

/** RFC 9110 10.2.3: seconds or a date. Anything else counts as absent. */
export function parseRetryAfter(header: string | undefined): number | undefined {
  const value = header?.trim();
  if (!value) return undefined;
  if (/^\d+$/.test(value)) return Number(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - Date.now()) / 1000));
}
