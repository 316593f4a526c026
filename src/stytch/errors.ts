import { errors } from "jose";
import { ClientError, RequestError, StytchError } from "stytch";
import { type ErrorCode, GatewayError } from "../errors";

/** Our own project credentials were refused: our fault, so the caller sees INTERNAL_SERVER_ERROR. */
const PROJECT_CREDENTIAL_ERRORS = new Set([
  "unauthorized_credentials",
  "wrong_stack_test",
  "wrong_stack_live",
  "live_id_used_in_test_environment",
]);

/** Errors that mean "sign in again" (stytch-api 7.4, 9.1). */
const SESSION_ERRORS = new Set([
  "session_not_found",
  "unable_to_parse_session_jwt",
  "invalid_session_token",
  "jwt_invalid_audience",
  "jwt_invalid_issuer",
  "jwt_invalid_claims",
]);

/** Rules for everything whose code does not follow from `…_not_found` or the status class. */
const CODES: ReadonlyMap<string, ErrorCode> = new Map([
  ...[...PROJECT_CREDENTIAL_ERRORS].map((type) => [type, "INTERNAL_SERVER_ERROR"] as const),
  ...[...SESSION_ERRORS].map((type) => [type, "UNAUTHENTICATED"] as const),
  ["session_authorization_error", "FORBIDDEN"],
  // The other tenant's record must look like an unknown one.
  ["session_authorization_tenancy_error", "NOT_FOUND"],
  ["organization_suspended", "FORBIDDEN"],
  ["too_many_requests", "UPSTREAM_RATE_LIMITED"],
  ["search_timeout", "UPSTREAM_TIMEOUT"],
  ["route_not_found", "INTERNAL_SERVER_ERROR"],
  ["method_not_allowed", "INTERNAL_SERVER_ERROR"],
]);

const MESSAGES: Record<ErrorCode, string> = {
  UNAUTHENTICATED: "Your session is not valid any more. Sign in again.",
  FORBIDDEN: "Your roles do not allow this.",
  BAD_USER_INPUT: "Stytch refused a value of this request.",
  NOT_FOUND: "Not found.",
  COST_LIMIT_EXCEEDED: "This query costs too much.",
  RATE_LIMITED: "Too many requests. Wait, then try again.",
  UPSTREAM_RATE_LIMITED: "Stytch is limiting requests. Wait, then try again.",
  UPSTREAM_UNAVAILABLE: "Stytch could not be reached or answered with an error. Try again later.",
  UPSTREAM_TIMEOUT: "Stytch did not answer in time. Try again later.",
  INTERNAL_SERVER_ERROR: "Something went wrong on our side. Quote the request id when you ask for help.",
};

/** Branches on `error_type`, never on status or message; the status decides only what no type names. */
function codeOf(errorType: string, status: number): ErrorCode {
  const known = CODES.get(errorType);
  if (known) return known;
  if (errorType.endsWith("_not_found")) return "NOT_FOUND";
  if (status === 429) return "UPSTREAM_RATE_LIMITED";
  if (status >= 500) return "UPSTREAM_UNAVAILABLE";
  return "BAD_USER_INPUT";
}

/**
 * Any failure of an SDK call, as an error that is safe to show. `StytchError.message` is the whole body and
 * `RequestError.request` holds session tokens, so neither is kept as a cause.
 */
export function toGatewayError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  if (error instanceof StytchError && typeof error.error_type === "string") {
    const code = codeOf(error.error_type, error.status_code);
    const message =
      code === "BAD_USER_INPUT" && error.error_message ? `Stytch refused it: ${error.error_message}` : MESSAGES[code];
    return new GatewayError(code, message, {
      stytchErrorType: error.error_type,
      ...(error.request_id && { stytchRequestId: error.request_id }),
    });
  }
  if (error instanceof ClientError) return new GatewayError("UNAUTHENTICATED", MESSAGES.UNAUTHENTICATED);
  if (error instanceof RequestError && /timeout|aborted/i.test(error.message)) {
    return new GatewayError("UPSTREAM_TIMEOUT", MESSAGES.UPSTREAM_TIMEOUT);
  }
  // A dropped connection, an HTML page, an empty or `null` body (for which the SDK throws a bare TypeError).
  return new GatewayError("UPSTREAM_UNAVAILABLE", MESSAGES.UPSTREAM_UNAVAILABLE);
}

/** A token whose signature is wrong for the key it names. */
export const isForged = (error: unknown): boolean =>
  error instanceof ClientError && error.cause instanceof errors.JWSSignatureVerificationFailed;

/** The key set could not be loaded, so nothing is known about the token. */
export function isKeySetFailure(error: unknown): boolean {
  if (!(error instanceof ClientError)) return false;
  const { cause } = error;
  return (
    cause instanceof errors.JWKSTimeout || !(cause instanceof errors.JOSEError) || cause.code === "ERR_JOSE_GENERIC"
  );
}
