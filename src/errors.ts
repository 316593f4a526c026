import { GraphQLError } from "graphql";

/** `extensions.code` of top-level errors. Apollo's own parse and validation codes come on top of these. */
export const ERROR_CODES = [
  "UNAUTHENTICATED",
  "FORBIDDEN",
  "BAD_USER_INPUT",
  "NOT_FOUND",
  "COST_LIMIT_EXCEEDED",
  "RATE_LIMITED",
  "UPSTREAM_RATE_LIMITED",
  "UPSTREAM_UNAVAILABLE",
  "UPSTREAM_TIMEOUT",
  "LEDGER_UNAVAILABLE",
  "INTERNAL_SERVER_ERROR",
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

export interface ErrorDetails {
  /** Stytch's `error_type`: the thing to branch on, never the message. */
  stytchErrorType?: string;
  stytchRequestId?: string;
  retryAfterSeconds?: number;
  /** Status for errors that end the whole HTTP request, such as a refused credential. */
  http?: { status: number };
  /** Numbers that belong to the message, such as a query's cost and the limit. */
  [key: string]: unknown;
}

/** An error whose message was written for the caller. Any other error is masked. */
export class GatewayError extends GraphQLError {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, cause?: Error) {
    super(message, { extensions: { ...details, code }, ...(cause && { originalError: cause }) });
    this.code = code;
    this.details = details;
  }
}
