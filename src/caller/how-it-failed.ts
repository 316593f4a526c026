import { Failure, problemsOf } from "../failure";
import type { Ended } from "../ledger/recorder";

/** A fault of ours beside a deed: it may have been done before. */
export const unexpected = (error: unknown): Failure =>
  new Failure(
    "INTERNAL_SERVER_ERROR",
    "Something went wrong on our side, so it is not known whether this was done. Read the object before you send this again.",
    { outcome: "UNKNOWN" },
    error instanceof Error ? error : undefined,
  );

/** What the ledger says of a deed that failed. */
export function howItFailed(error: Failure): Omit<Ended, "stytchRequestIds"> {
  if (error.isOutcomeUnknown) return { outcome: "UNKNOWN", code: error.code };
  const [expected] = problemsOf(error);
  if (expected) return { outcome: "REFUSED", code: expected.code };
  const isRefusal = error.code === "FORBIDDEN" || error.code === "UNAUTHENTICATED" || error.code === "BAD_USER_INPUT";
  return { outcome: isRefusal ? "REFUSED" : "FAILED", code: error.code };
}
