import { canonical, type Json } from "./canonical";
import {
  type Actor,
  type AuditAction,
  type AuditChange,
  type AuditOutcome,
  boundChanges,
  boundScopes,
  cleanId,
  type Target,
  toAction,
  toActorKind,
} from "./event";
import type { OperationRow } from "./schema";
import type { Unit } from "./store";

/** What somebody is about to do. */
export interface Intent {
  action: AuditAction;
  actor: Actor;
  target: Target;
  requestId: string;
  scopes?: readonly string[] | null | undefined;
  changes?: readonly AuditChange[] | undefined;
  /** Ids and numbers by which the sweeper can ask Stytch whether it happened. Deleted when the operation ends. */
  facts?: Record<string, Json> | undefined;
}

/** A durable intent. Hand it back to `finish`. */
export interface Operation extends Intent {
  readonly id: string;
  readonly startedAt: Date;
}

/** An operation that nobody finished, leased to this process. */
export interface OpenOperation extends Operation {
  /** UNKNOWN: its answer was lost, and an event says so already. */
  readonly state: "OPEN" | "UNKNOWN";
  readonly facts: Record<string, Json>;
  /** How often it was claimed; the fencing token as well. */
  readonly attempt: number;
}

/** A change of the ledger's own tables that becomes durable together with the event. */
export type Effect = (unit: Unit) => Promise<void>;

export interface Result {
  outcome: AuditOutcome;
  /** Why it was not DONE. */
  code?: string | null | undefined;
  /** What only the answer told, such as the id of a client that was made. The intent's hold where left out. */
  target?: Target | undefined;
  scopes?: readonly string[] | null | undefined;
  changes?: readonly AuditChange[] | undefined;
  stytchRequestIds?: readonly string[] | undefined;
  effects?: readonly Effect[] | undefined;
}

/** Characters of what the sweeper needs to know. */
const MAX_FACTS = 64_000;

export function toOperationRow(operation: Operation, nextTryAt: number): OperationRow {
  const { actor, target, scopes, changes, facts } = operation;
  const known = canonical(facts ?? {});
  return {
    id: operation.id,
    state: "OPEN",
    action: operation.action,
    actor_kind: actor.kind,
    actor_id: cleanId(actor.id),
    organization_id: cleanId(target.organizationId),
    member_id: cleanId(target.memberId),
    app_id: cleanId(target.connectedAppId),
    detail: canonical({
      scopes: scopes ? boundScopes(scopes) : null,
      changes: boundChanges(changes ?? []).map((change) => ({ ...change })),
      facts: known.length > MAX_FACTS ? "{}" : known,
    }),
    request_id: cleanId(operation.requestId) ?? "",
    started_at: operation.startedAt.getTime(),
    next_try_at: nextTryAt,
    attempt: 0,
    claimed_until: 0,
  };
}

interface Detail {
  scopes: string[] | null;
  changes: AuditChange[];
  facts: string;
}

export function toOpenOperation(row: OperationRow): OpenOperation {
  const { scopes, changes, facts }: Detail = JSON.parse(row.detail);
  return {
    id: row.id,
    state: row.state,
    action: toAction(row.action),
    actor: { kind: toActorKind(row.actor_kind), id: row.actor_id },
    target: { organizationId: row.organization_id, memberId: row.member_id, connectedAppId: row.app_id },
    scopes,
    changes,
    facts: JSON.parse(facts),
    requestId: row.request_id,
    startedAt: new Date(row.started_at),
    attempt: row.attempt,
  };
}
