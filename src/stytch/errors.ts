import { errors } from "jose";
import { ClientError, StytchError } from "stytch";
import { type ErrorCode, Failure, type FailureDetails, stytchFailure } from "../failure";
import type { UpstreamCall } from "./transport";
import { type FaultReason, UpstreamFault } from "./upstream-fault";

const FAULT_CODES: Record<FaultReason, ErrorCode> = {
  limited: "UPSTREAM_RATE_LIMITED",
  broken: "UPSTREAM_UNAVAILABLE",
  late: "UPSTREAM_TIMEOUT",
  shed: "UPSTREAM_UNAVAILABLE",
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

/** A failed call, with what the transport saw of it. The SDK shows neither an error's cause nor `Retry-After`. */
export function toCallError(error: unknown, { kind, operation, outcome }: UpstreamCall): Failure {
  if (outcome && "error" in outcome) {
    if (!(outcome.error instanceof UpstreamFault)) return toFailure(outcome.error);
    const { reason, details } = outcome.error;
    const code = FAULT_CODES[reason];
    if (kind === "write" && details.sent) return unknownOutcome(code, operation, {});
    return new Failure(code, undefined, retryAfter(details.retryAfterSeconds));
  }
  const status = outcome?.status;
  const failure = toFailure(error, status);
  const details = { ...failure.details, ...retryAfter(outcome?.retryAfterSeconds) };
  if (kind === "write" && status !== undefined && status >= 500)
    return unknownOutcome(failure.code, operation, details);
  return new Failure(failure.code, failure.message, details);
}

const retryAfter = (retryAfterSeconds?: number) => (retryAfterSeconds === undefined ? {} : { retryAfterSeconds });

/** Never repeated by us: creation, rotation and authorize are not idempotent, and Stytch has no idempotency key. */
const unknownOutcome = (code: ErrorCode, operation: string, details: FailureDetails) =>
  new Failure(code, `${LOST} ${RECOVERY[operation] ?? READ_AGAIN}`, { ...details, outcome: "UNKNOWN" });

/** Only our own project credentials, or a path of ours, make Stytch answer with what means this. */
export const isOurCredentialRefused = ({ code, details }: Failure): boolean =>
  code === "INTERNAL_SERVER_ERROR" && details.stytchErrorType !== undefined;

/**
 * Any failure of an SDK call, as an error that is safe to show. `StytchError.message` is the whole body and
 * `RequestError.request` holds session tokens, so neither is kept as a cause. `status` is the HTTP one; the SDK reads
 * the body's.
 */
export function toFailure(error: unknown, status?: number): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof StytchError && typeof error.error_type === "string") {
    return stytchFailure(error.error_type, status ?? error.status_code, error.error_message ?? "", error.request_id);
  }
  if (error instanceof ClientError) return new Failure("UNAUTHENTICATED");
  // An error body in a shape that the SDK does not know.
  return new Failure("UPSTREAM_UNAVAILABLE");
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
