import { CREDENTIALS_REFUSED, type ErrorCode, Failure, type FailureDetails, stytchFailure } from "../failure";
import type { Answer, UpstreamCall } from "./call";
import { type FaultReason, UpstreamFault } from "./fault";
import { LackingAnswer } from "./kinds";
import { isScarce, secondsLeft } from "./searches";

const FAULT_CODES: Record<FaultReason, ErrorCode> = {
  limited: "UPSTREAM_RATE_LIMITED",
  broken: "UPSTREAM_UNAVAILABLE",
  late: "UPSTREAM_TIMEOUT",
  shed: "UPSTREAM_UNAVAILABLE",
  // Nobody reads it.
  abandoned: "UPSTREAM_UNAVAILABLE",
};

const LOST = "The answer was lost";
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
export function toCallError(error: unknown, { kind, operation }: UpstreamCall): Failure {
  if (error instanceof LackingAnswer && kind === "write") {
    return unknownOutcome(error.code, operation, {}, `Stytch's answer lacks ${error.lacking}`);
  }
  if (error instanceof Failure) return error;
  if (error instanceof UpstreamFault) {
    const { reason, details } = error;
    const code = FAULT_CODES[reason];
    if (kind === "write" && details.sent) return unknownOutcome(code, operation, {});
    return new Failure(code, undefined, retryAfter(details.retryAfterSeconds ?? restOf(code, operation)));
  }
  if (error instanceof StytchRefusal) {
    const { status } = error.answer;
    const { code, message, details: told } = toRefusal(error.answer);
    const details = { ...retryAfter(restOf(code, operation)), ...told };
    return kind === "write" && status >= 500
      ? unknownOutcome(code, operation, details)
      : new Failure(code, message, details);
  }
  // `encodeURIComponent` of the SDK: the text would be part of an address.
  if (error instanceof URIError) return illFormed();
  return toFailure(error);
}

/** A text with half of a surrogate pair. It has no UTF-8, so no record of Stytch can hold it. */
export const illFormed = () =>
  new Failure("BAD_USER_INPUT", "A text of this request is not well-formed Unicode: it holds half of a character.");

function toRefusal({ status, body, retryAfterSeconds }: Answer): Failure {
  const textOf = (name: string) => {
    const value: unknown = typeof body === "object" && body !== null ? Reflect.get(body, name) : undefined;
    return typeof value === "string" && value !== "" ? value.toWellFormed() : undefined;
  };
  const type = textOf("error_type");
  // A body in a shape that Stytch does not use.
  if (type === undefined) return new Failure("UPSTREAM_UNAVAILABLE");
  const failure = stytchFailure(type, status, textOf("error_message") ?? "", textOf("request_id"));
  return new Failure(failure.code, failure.message, { ...failure.details, ...retryAfter(retryAfterSeconds) });
}

const retryAfter = (retryAfterSeconds?: number) => (retryAfterSeconds === undefined ? {} : { retryAfterSeconds });

/** Stytch counts searches by the minute, and need not say when one ends. */
const restOf = (code: ErrorCode, operation: string): number | undefined =>
  code === "UPSTREAM_RATE_LIMITED" && isScarce(operation) ? secondsLeft(Date.now()) : undefined;

/** Never repeated by us: creation, rotation and authorize are not idempotent, and Stytch has no idempotency key. */
const unknownOutcome = (code: ErrorCode, operation: string, details: FailureDetails, why = LOST) =>
  new Failure(code, `${why}, so it is not known whether this was done. ${RECOVERY[operation] ?? READ_AGAIN}`, {
    ...details,
    outcome: "UNKNOWN",
  });

export const isOurCredentialRefused = ({ details }: Failure): boolean =>
  CREDENTIALS_REFUSED.some((type) => type === details.stytchErrorType);

/** What to log when Stytch's answer says that nobody but this gateway, or its configuration, is to blame. */
export function ourFault(failure: Failure): string | undefined {
  if (failure.code !== "INTERNAL_SERVER_ERROR" || failure.details.stytchErrorType === undefined) return undefined;
  return isOurCredentialRefused(failure)
    ? "Stytch refuses this gateway's project credentials"
    : "Stytch does not know what this gateway asked for";
}

/** A failure that is no answer of Stytch. */
export function toFailure(error: unknown): Failure {
  if (error instanceof Failure) return error;
  return new Failure("UPSTREAM_UNAVAILABLE");
}
