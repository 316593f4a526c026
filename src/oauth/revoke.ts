import type { Caller } from "../caller/caller";
import { Failure } from "../failure";

/** One app's access to one Member. */
export interface Access {
  organizationId: string;
  memberId: string;
  connectedAppId: string;
}

/** An access that is still there, as far as anybody can tell. */
export interface Unrevoked {
  access: Access;
  failure: Failure;
}

export interface Outcomes {
  revoked: number;
  /** Nobody knows whether these were done. */
  lost: Unrevoked[];
  failed: Unrevoked[];
}

/** Of one request at the same time, so that one admin in a hurry leaves Stytch to the others too. */
const CONCURRENCY = 10;
/** After this long no further one is begun: the answer must come before whoever asked gives up. */
const BEGIN_WITHIN_MS = 20_000;
/** So many failures in a row are no accident. */
const GIVE_UP_AFTER = 10;
/** Failures that the next one would share. */
const FINAL: ReadonlySet<string> = new Set([
  "UNAUTHENTICATED",
  "FORBIDDEN",
  "LEDGER_UNAVAILABLE",
  "COST_LIMIT_EXCEEDED",
]);

/** One `members.connectedApps.revoke`, with the caller's own session, and one event in the ledger. */
export async function revokeAccess(caller: Caller, access: Access): Promise<void> {
  const { organizationId, memberId, connectedAppId } = access;
  await caller.perform(
    { action: "AUTHORIZATION_REVOKED", ...access },
    (stytch) => stytch.revokeMemberApp(organizationId, memberId, connectedAppId, caller.actor),
    // Others of this request are under way, so its other ids say nothing about this one.
    ({ request_id }) => ({ stytchRequestIds: request_id ? [request_id] : [] }),
  );
}

/**
 * Revokes one after the other, a few at a time; what is gone already is passed over. The first goes alone: if the caller
 * may not, or the ledger is away, nothing else is sent. @throws what the first failed with, where the others would too
 */
export async function revokeEach(caller: Caller, targets: readonly Access[]): Promise<Outcomes> {
  const outcomes: Outcomes = { revoked: 0, lost: [], failed: [] };
  const endsAt = performance.now() + BEGIN_WITHIN_MS;
  let failuresInARow = 0;
  let final: Failure | undefined;

  async function revoke(access: Access): Promise<void> {
    try {
      await revokeAccess(caller, access);
      outcomes.revoked += 1;
      failuresInARow = 0;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (isGone(error)) return;
      failuresInARow += 1;
      if (FINAL.has(error.code)) final ??= error;
      outcomes[error.isOutcomeUnknown ? "lost" : "failed"].push({ access, failure: error });
    }
  }

  const [first, ...others] = targets;
  if (first) await revoke(first);
  if (final) throw final;

  const waiting = others.values();
  async function work(): Promise<void> {
    for (const access of waiting) {
      if (final || failuresInARow >= GIVE_UP_AFTER || performance.now() > endsAt) return;
      await revoke(access);
    }
  }
  const ended = await Promise.allSettled(Array.from({ length: CONCURRENCY }, work));
  for (const worker of ended) if (worker.status === "rejected") throw worker.reason;
  return outcomes;
}

/** Somebody was faster, or the Member has left: nothing is there to be revoked. */
const isGone = (failure: Failure): boolean =>
  !failure.isOutcomeUnknown && (failure.isStytch("connected_app_not_found") || failure.isStytch("member_not_found"));
