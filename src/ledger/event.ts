import { randomBytes, randomUUID } from "node:crypto";
import { canonical } from "./canonical";
import { type Content, MARKETPLACE } from "./chain";
import type { AuditEventRow } from "./schema";

export const AUDIT_ACTIONS = [
  "CLIENT_CREATED",
  "CLIENT_UPDATED",
  "CLIENT_DELETED",
  "SECRET_ROTATION_STARTED",
  "SECRET_ROTATION_RESCHEDULED",
  "SECRET_ROTATION_COMPLETED",
  "SECRET_ROTATION_CANCELLED",
  "AUTHORIZATION_GRANTED",
  "AUTHORIZATION_DENIED",
  "AUTHORIZATION_REVOKED",
  "CONNECTED_APP_POLICY_UPDATED",
  "LISTING_SAVED",
  "LISTING_PUBLISHED",
  "LISTING_WITHDRAWN",
  "APP_REQUESTED",
  "APP_REQUEST_WITHDRAWN",
  "APP_REQUEST_DECIDED",
  "UNKNOWN",
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

export const AUDIT_OUTCOMES = ["DONE", "REFUSED", "FAILED", "UNKNOWN"] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

export const ACTOR_KINDS = ["MEMBER", "OPERATOR", "SERVICE", "GATEWAY"] as const;
export type ActorKind = (typeof ACTOR_KINDS)[number];
export interface Actor {
  kind: ActorKind;
  /** A member id or a client id; null for the gateway itself. */
  id: string | null;
}

/** What an action was done to: ids only. With an Organization, the event belongs to that Organization's chain. */
export interface Target {
  organizationId?: string | null | undefined;
  memberId?: string | null | undefined;
  connectedAppId?: string | null | undefined;
}

/** Never a secret, a token, a person's name or an e-mail address: whoever makes one sees to that. */
export interface AuditChange {
  field: string;
  before: string | null;
  after: string | null;
}

export interface NewEvent extends Target {
  action: AuditAction;
  outcome: AuditOutcome;
  /** Why it was not DONE. */
  code?: string | null | undefined;
  actor: Actor;
  scopes?: readonly string[] | null | undefined;
  changes?: readonly AuditChange[] | undefined;
  requestId: string;
  stytchRequestIds?: readonly string[] | undefined;
}

export interface AuditEvent {
  /** `audit-event-…` */
  id: string;
  at: Date;
  action: AuditAction;
  outcome: AuditOutcome;
  code: string | null;
  actor: Actor;
  organizationId: string | null;
  memberId: string | null;
  connectedAppId: string | null;
  scopes: string[] | null;
  changes: AuditChange[];
  requestId: string;
  stytchRequestIds: string[];
  /** The chain it belongs to, its place there (from 1, gapless), and its place among all events. */
  chain: string;
  position: number;
  order: number;
  hash: string;
}

/** Bounds of one row, so that no caller's text can fill the ledger: about 60 kB, or 240 kB where a policy changes. */
const MAX_ID = 200;
const MAX_VALUE = 500;
/** A list of allowed apps is whole: as many as a policy may be given, 1000 ids of 59 characters and a space. */
const MAX_LIST = 60_000;
const LISTS: ReadonlySet<string> = new Set([
  "allowed_first_party_connected_apps",
  "allowed_third_party_connected_apps",
]);
const MAX_CHANGES = 50;
const MAX_SCOPES = 100;
const MAX_REQUEST_IDS = 20;

/** Ids are printable ASCII. Anything else would be stored differently by different engines, and is no id of ours. */
export const cleanId = (id: string | null | undefined): string | null =>
  id == null ? null : id.replace(/[^\x21-\x7e]/g, "?").slice(0, MAX_ID);

const clip = (text: string | null, max: number): string | null =>
  text === null || text.length <= max ? text : `${text.slice(0, max)}…`;

export const boundScope = (scope: string): string => scope.slice(0, MAX_ID);

export const boundScopes = (scopes: readonly string[]): string[] => scopes.slice(0, MAX_SCOPES).map(boundScope);

export const boundChanges = (changes: readonly AuditChange[]): AuditChange[] =>
  changes.slice(0, MAX_CHANGES).map(({ field, before, after }) => {
    const max = LISTS.has(field) ? MAX_LIST : MAX_VALUE;
    return { field: field.slice(0, MAX_ID), before: clip(before, max), after: clip(after, max) };
  });

export const chainOf = ({ organizationId }: Target): string => cleanId(organizationId) ?? MARKETPLACE;

export function toContent(event: NewEvent): Content {
  const { scopes, changes, stytchRequestIds } = event;
  return {
    id: `audit-event-${randomUUID()}`,
    action: event.action,
    outcome: event.outcome,
    code: cleanId(event.code),
    actor_kind: event.actor.kind,
    actor_id: cleanId(event.actor.id),
    organization_id: cleanId(event.organizationId),
    member_id: cleanId(event.memberId),
    app_id: cleanId(event.connectedAppId),
    detail: canonical({
      ...(scopes && { scopes: boundScopes(scopes) }),
      ...(changes?.length && { changes: boundChanges(changes).map((change) => ({ ...change })) }),
      requestId: cleanId(event.requestId),
      ...(stytchRequestIds?.length && {
        stytchRequestIds: stytchRequestIds.slice(0, MAX_REQUEST_IDS).map((id) => cleanId(id)),
      }),
    }),
    salt: randomBytes(16).toString("hex"),
  };
}

interface Detail {
  scopes?: string[];
  changes?: AuditChange[];
  requestId: string;
  stytchRequestIds?: string[];
}

export function toEvent(row: AuditEventRow): AuditEvent {
  const detail: Detail = JSON.parse(row.detail);
  return {
    id: row.id,
    at: new Date(row.at),
    action: toAction(row.action),
    outcome: AUDIT_OUTCOMES.find((outcome) => outcome === row.outcome) ?? "UNKNOWN",
    code: row.code,
    actor: { kind: toActorKind(row.actor_kind), id: row.actor_id },
    organizationId: row.organization_id,
    memberId: row.member_id,
    connectedAppId: row.app_id,
    scopes: detail.scopes ?? null,
    changes: detail.changes ?? [],
    requestId: detail.requestId,
    stytchRequestIds: detail.stytchRequestIds ?? [],
    chain: row.chain,
    position: row.position,
    order: row.order,
    hash: row.hash,
  };
}

/** A kind that a newer version wrote reads as the gateway's, the one that names nobody. */
export const toActorKind = (kind: string): ActorKind => ACTOR_KINDS.find((known) => known === kind) ?? "GATEWAY";
export const toAction = (action: string): AuditAction => AUDIT_ACTIONS.find((known) => known === action) ?? "UNKNOWN";
