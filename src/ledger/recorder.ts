import type { Logger } from "../logger";
import type { Json } from "./canonical";
import type { Actor, AuditAction, AuditChange, AuditOutcome } from "./event";
import type { Allows } from "./grants";
import type { Ledger } from "./open";
import type { Effect, Operation } from "./operation";

/** What a write is about to do, and to what. Resolved ids; never a name, an address, a token or a secret. */
export interface Deed {
  action: AuditAction;
  organizationId?: string | null;
  memberId?: string | null;
  connectedAppId?: string | null;
  scopes?: readonly string[];
  changes?: readonly AuditChange[];
  /** By which a sweeper can ask Stytch later whether it happened. Gone when it has ended. */
  facts?: Record<string, Json>;
  /** `SECRET_ROTATION_STARTED` and `_RESCHEDULED`: when the gateway completes it. */
  completeAfter?: Date | null;
  /** For the ledger's own tables, not for the event. */
  detail?: Detail;
}

/** What the ledger must know of a thing to see later that it is still the same. */
export interface Detail {
  /** Of the secret that the deed made, or left as the current one. */
  secretLastFour?: string | null | undefined;
  /** Of the secret beside which a rotation has made another. */
  currentLastFour?: string | null | undefined;
  /** Of the app that was granted access. */
  clientType?: string;
  /** The policy that an Organization has now. */
  allows?: Allows;
}

/** How it ended. What became known meanwhile, such as the id of a new app, overrides what was intended. */
export interface Ended extends Partial<Deed> {
  outcome: AuditOutcome;
  /** Why it was not DONE. */
  code?: string;
  stytchRequestIds: readonly string[];
}

/** Under which a repeat of a write is recognised, per caller, for 24 hours. */
export interface Once {
  /** At most 64 characters. */
  key: string;
  /** The whole input, by which another one under the same key is recognised. */
  input: Json;
}

export interface Intended {
  kind: "begun";
  /** Durable when it resolves; never throws, since the caller must get its answer. */
  ended(how: Ended): Promise<void>;
}

export type Repeated =
  | { kind: "replayed"; connectedAppId: string | null }
  | { kind: "inFlight" }
  | { kind: "untold" }
  | { kind: "reused" };

/** Where deeds are written down: the intent before, the outcome after, and a line of the log when it has ended. */
export interface Recorder {
  /** Durable before it resolves. @throws Failure LEDGER_UNAVAILABLE: then nothing may be sent */
  intend(deed: Deed, actor: Actor, requestId: string): Promise<Intended>;
  intendOnce(deed: Deed, actor: Actor, requestId: string, once: Once): Promise<Intended | Repeated>;
  /** A refusal by permission: there was no intent. Never throws. */
  refused(deed: Deed, actor: Actor, requestId: string, code: string): Promise<void>;
}

type Tables = Pick<Ledger, "operations" | "refusals" | "grants" | "rotations">;

export function createRecorder(ledger: Tables, logger: Logger): Recorder {
  const line = (requestId: string, actor: Actor, { facts: _, detail: __, ...deed }: Deed & Partial<Ended>) =>
    logger.info({ requestId, actor, ...deed }, "audit");

  function intentOf(deed: Deed, actor: Actor, requestId: string) {
    const { action, scopes, changes, facts } = deed;
    return { action, actor, target: targetOf(deed), requestId, scopes, changes, facts };
  }

  const intended = (deed: Deed, operation: Operation): Intended => ({
    kind: "begun",
    async ended(how) {
      const { outcome, code, stytchRequestIds, ...learnt } = how;
      const known = { ...deed, ...learnt };
      line(operation.requestId, operation.actor, { ...known, outcome, ...(code && { code }), stytchRequestIds });
      await ledger.operations.finish(operation, {
        outcome,
        code,
        target: targetOf(known),
        scopes: known.scopes,
        changes: known.changes,
        stytchRequestIds,
        effects: outcome === "DONE" ? effectsOf(ledger, known, operation) : [],
      });
    },
  });

  return {
    async intend(deed, actor, requestId) {
      return intended(deed, await ledger.operations.begin(intentOf(deed, actor, requestId)));
    },
    async intendOnce(deed, actor, requestId, once) {
      const begun = await ledger.operations.beginOnce(intentOf(deed, actor, requestId), once);
      return begun.kind === "begun" ? intended(deed, begun.operation) : begun;
    },
    async refused(deed, actor, requestId, code) {
      line(requestId, actor, { ...deed, outcome: "REFUSED", code, stytchRequestIds: [] });
      await ledger.refusals.refused({ action: deed.action, actor, requestId, code, ...targetOf(deed) });
    },
  };
}

const targetOf = ({ organizationId, memberId, connectedAppId }: Partial<Deed>) => ({
  organizationId,
  memberId,
  connectedAppId,
});

/**
 * What a deed that was done changes in the ledger's own tables. The same for a request and for the sweeper, which may come
 * hours later: so what began has the time of its intent.
 */
export function effectsOf(
  { grants, rotations }: Pick<Tables, "grants" | "rotations">,
  deed: Deed,
  { actor, startedAt: at }: Pick<Operation, "actor" | "startedAt">,
): Effect[] {
  const { action, organizationId, memberId, connectedAppId, scopes = [], completeAfter = null, detail = {} } = deed;
  const { secretLastFour: lastFour, currentLastFour, clientType, allows } = detail;
  if (action === "CONNECTED_APP_POLICY_UPDATED") {
    return organizationId && allows ? [grants.policyChanged(organizationId, allows)] : [];
  }
  if (!connectedAppId) return [];
  const grant = organizationId && memberId ? { organizationId, memberId, connectedAppId } : null;
  switch (action) {
    case "CLIENT_CREATED":
      return [rotations.secretCreated(connectedAppId, { at, lastFour })];
    case "CLIENT_DELETED":
      return [grants.appDeleted(connectedAppId), rotations.appDeleted(connectedAppId)];
    case "SECRET_ROTATION_STARTED":
      return [rotations.started({ connectedAppId, startedBy: actor, completeAfter, at, lastFour, currentLastFour })];
    case "SECRET_ROTATION_RESCHEDULED":
      return [rotations.rescheduled(connectedAppId, completeAfter)];
    case "SECRET_ROTATION_COMPLETED":
      return [rotations.completed(connectedAppId, { lastFour })];
    case "SECRET_ROTATION_CANCELLED":
      return [rotations.cancelled(connectedAppId, { lastFour })];
    case "AUTHORIZATION_GRANTED":
      return grant ? [grants.granted(grant, scopes, { at, clientType })] : [];
    case "AUTHORIZATION_REVOKED":
      return grant ? [grants.revoked(grant)] : [];
    default:
      return [];
  }
}
