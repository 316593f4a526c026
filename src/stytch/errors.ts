import { errors } from "jose";
import { ClientError, StytchError } from "stytch";
import { type ErrorCode, type ErrorDetails, GatewayError } from "../errors";
import type { UpstreamCall } from "./transport";
import { type FaultReason, UpstreamFault } from "./upstream-fault";

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
  LEDGER_UNAVAILABLE: "The ledger cannot be written, so nothing was sent. Try again later.",
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

const FAULT_CODES: Record<FaultReason, ErrorCode> = {
  limited: "UPSTREAM_RATE_LIMITED",
  broken: "UPSTREAM_UNAVAILABLE",
  late: "UPSTREAM_TIMEOUT",
  shed: "UPSTREAM_UNAVAILABLE",
};

const LOST = "The answer was lost, so it is not known whether this was done.";
/** How to find out what a write did whose answer was lost, and how to go on (issue 4). */
const RECOVERY: Record<string, string> = {
  "clients.create":
    "Look for the app in connectedApps. If it is there, its secret is lost: delete it and create it again, or rotate its secret.",
  "secrets.rotateStart":
    "Read registration.secret. If nextLastFour is set, the rotation is open and its secret is lost: cancel it, then start again.",
  "secrets.rotate": "Read registration.secret. If rotationInProgress is false, the rotation is complete.",
  "secrets.rotateCancel": "Read registration.secret. If rotationInProgress is false, the rotation is cancelled.",
  "idp.oauth.authorize": "Start the authorization again from the app.",
};
const READ_AGAIN = "Read the object before you send this again.";

/** A failed call, with what the transport saw of it. The SDK shows neither an error's cause nor `Retry-After`. */
export function toCallError(error: unknown, { kind, operation, outcome }: UpstreamCall): GatewayError {
  if (outcome && "error" in outcome) {
    if (!(outcome.error instanceof UpstreamFault)) return toGatewayError(outcome.error);
    const { reason, details } = outcome.error;
    const code = FAULT_CODES[reason];
    if (kind === "write" && details.sent) return unknownOutcome(code, operation, {});
    return new GatewayError(code, MESSAGES[code], retryAfter(details.retryAfterSeconds));
  }
  const status = outcome?.status;
  const failure = toGatewayError(error, status);
  const details = { ...failure.details, ...retryAfter(outcome?.retryAfterSeconds) };
  if (kind === "write" && status !== undefined && status >= 500)
    return unknownOutcome(failure.code, operation, details);
  return new GatewayError(failure.code, failure.message, details);
}

const retryAfter = (retryAfterSeconds?: number) => (retryAfterSeconds === undefined ? {} : { retryAfterSeconds });

/** Never repeated by us: creation, rotation and authorize are not idempotent, and Stytch has no idempotency key. */
const unknownOutcome = (code: ErrorCode, operation: string, details: ErrorDetails) =>
  new GatewayError(code, `${LOST} ${RECOVERY[operation] ?? READ_AGAIN}`, { ...details, outcome: "UNKNOWN" });

export const isOurCredentialRefused = ({ details }: GatewayError): boolean =>
  details.stytchErrorType !== undefined && PROJECT_CREDENTIAL_ERRORS.has(details.stytchErrorType);

/**
 * Any failure of an SDK call, as an error that is safe to show. `StytchError.message` is the whole body and
 * `RequestError.request` holds session tokens, so neither is kept as a cause. `status` is the HTTP one; the SDK reads
 * the body's.
 */
export function toGatewayError(error: unknown, status?: number): GatewayError {
  if (error instanceof GatewayError) return error;
  if (error instanceof StytchError && typeof error.error_type === "string") {
    const code = codeOf(error.error_type, status ?? error.status_code);
    const message =
      code === "BAD_USER_INPUT" && error.error_message ? `Stytch refused it: ${error.error_message}` : MESSAGES[code];
    return new GatewayError(code, message, {
      stytchErrorType: error.error_type,
      ...(error.request_id && { stytchRequestId: error.request_id }),
    });
  }
  if (error instanceof ClientError) return new GatewayError("UNAUTHENTICATED", MESSAGES.UNAUTHENTICATED);
  // An error body in a shape that the SDK does not know.
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
