import type { Answer } from "./call";

export type FaultReason =
  /** Over Stytch's limit. */
  | "limited"
  /** Stytch or a proxy before it failed, or the connection broke, or the body is unreadable. */
  | "broken"
  /** The deadline of the whole call passed. */
  | "late"
  /** Not sent: too many calls wait already, or the breaker is open. */
  | "shed"
  /** Not sent: whoever asked has gone. */
  | "abandoned";

export interface FaultDetails {
  /** Whether Stytch may have seen the request. If so, nobody knows what a write did. */
  sent: boolean;
  /** In words for the log; never the caller's text. */
  cause: string;
  /** Node's or undici's name of the cause, e.g. `ECONNREFUSED`. */
  errorCode?: string;
  /** Present when Stytch answered in its own shape, which says more than we could. */
  answer?: Answer;
  status?: number;
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

const CAUSES: Record<string, string> = {
  ECONNREFUSED: "refused",
  ENOTFOUND: "DNS",
  EAI_AGAIN: "DNS",
  ECONNRESET: "reset",
  EPIPE: "reset",
  UND_ERR_SOCKET: "reset",
  UND_ERR_CONNECT_TIMEOUT: "no connection in time",
  ETIMEDOUT: "no connection in time",
};
/** OpenSSL's and Node's names for what can be wrong with a certificate or a handshake. */
const TLS = /^(ERR_(TLS|SSL)_|EPROTO|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/;

/** `sent`: whether a connection had taken the request. */
export function connectionFault(error: Error, sent: boolean): UpstreamFault {
  const code: unknown = Reflect.get(error, "code");
  const errorCode = typeof code === "string" ? code : error.name;
  const cause = CAUSES[errorCode] ?? (TLS.test(errorCode) ? "TLS" : "connection");
  return new UpstreamFault("broken", { sent, cause, errorCode });
}

/** The fault in this answer, or `null` when it is one: Stytch's own refusals (4xx) are answers. */
export function faultIn(answer: Answer): UpstreamFault | null {
  const { status, body, retryAfterSeconds } = answer;
  const isReadable = typeof body === "object" && body !== null && !Array.isArray(body);
  const details = {
    // Stytch says that it refused; whoever wrote anything else may have let it through.
    sent: status !== 429,
    cause: isReadable ? "status" : "unreadable",
    status,
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
