import { errors } from "jose";
import { ClientError } from "stytch";
import { type ErrorCode, type ErrorDetails, GatewayError } from "../errors";
import type { Answer, UpstreamCall } from "./call";
import { type FaultReason, UpstreamFault } from "./fault";

/** Our own project credentials were refused: our fault, so the caller sees INTERNAL_SERVER_ERROR. */
const PROJECT_CREDENTIAL_ERRORS = new Set([
  "unauthorized_credentials",
  "wrong_stack_test",
  "wrong_stack_live",
  "live_id_used_in_test_environment",
]);

/** Errors that mean "sign in again". */
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

const FAULT_CODES: Record<FaultReason, ErrorCode> = {
  limited: "UPSTREAM_RATE_LIMITED",
  broken: "UPSTREAM_UNAVAILABLE",
  late: "UPSTREAM_TIMEOUT",
  shed: "UPSTREAM_UNAVAILABLE",
  // Nobody reads it.
  abandoned: "UPSTREAM_UNAVAILABLE",
};

const LOST = "The answer was lost, so it is not known whether this was done.";
/** How to find out what a write did whose answer was lost, and how to go on. */
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

/** Stytch answered and refused. */
export class StytchRefusal extends Error {
  constructor(readonly answer: Answer) {
    super("Stytch refused a call.");
  }
}

/** A failed call as an error that is safe to show: nothing of the request is in it, which may carry a session. */
export function toCallError(error: unknown, { kind, operation }: UpstreamCall): GatewayError {
  if (error instanceof GatewayError) return error;
  if (error instanceof UpstreamFault) {
    const { reason, details } = error;
    const code = FAULT_CODES[reason];
    if (kind === "write" && details.sent) return unknownOutcome(code, operation, {});
    return new GatewayError(code, MESSAGES[code], retryAfter(details.retryAfterSeconds));
  }
  if (error instanceof StytchRefusal) {
    const { status } = error.answer;
    const { code, message, details } = toRefusal(error.answer);
    return kind === "write" && status >= 500
      ? unknownOutcome(code, operation, details)
      : new GatewayError(code, message, details);
  }
  // `encodeURIComponent` of the SDK: the text would be part of an address.
  if (error instanceof URIError) return illFormed();
  return toGatewayError(error);
}

/** A text with half of a surrogate pair. It has no UTF-8, so no record of Stytch can hold it. */
export const illFormed = () =>
  new GatewayError(
    "BAD_USER_INPUT",
    "A text of this request is not well-formed Unicode: it holds half of a character.",
  );

function toRefusal({ status, body, retryAfterSeconds }: Answer): GatewayError {
  const textOf = (name: string) => {
    const value: unknown = typeof body === "object" && body !== null ? Reflect.get(body, name) : undefined;
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const type = textOf("error_type");
  // A body in a shape that Stytch does not use.
  if (type === undefined) return new GatewayError("UPSTREAM_UNAVAILABLE", MESSAGES.UPSTREAM_UNAVAILABLE);
  const code = codeOf(type, status);
  const reason = textOf("error_message");
  const requestId = textOf("request_id");
  const message = code === "BAD_USER_INPUT" && reason ? `Stytch refused it: ${reason}` : MESSAGES[code];
  return new GatewayError(code, message, {
    stytchErrorType: type,
    ...(requestId && { stytchRequestId: requestId }),
    ...retryAfter(retryAfterSeconds),
  });
}

const retryAfter = (retryAfterSeconds?: number) => (retryAfterSeconds === undefined ? {} : { retryAfterSeconds });

/** Never repeated by us: creation, rotation and authorize are not idempotent, and Stytch has no idempotency key. */
const unknownOutcome = (code: ErrorCode, operation: string, details: ErrorDetails) =>
  new GatewayError(code, `${LOST} ${RECOVERY[operation] ?? READ_AGAIN}`, { ...details, outcome: "UNKNOWN" });

export const isOurCredentialRefused = ({ details }: GatewayError): boolean =>
  details.stytchErrorType !== undefined && PROJECT_CREDENTIAL_ERRORS.has(details.stytchErrorType);

/** A failure that is no answer of Stytch: of the SDK itself, or of the key set. */
export function toGatewayError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  if (error instanceof ClientError) return new GatewayError("UNAUTHENTICATED", MESSAGES.UNAUTHENTICATED);
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
