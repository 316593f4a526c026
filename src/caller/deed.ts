/** What a write does, in the words of the audit log. */
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
  "APP_REQUEST_DECIDED",
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** `REFUSED`: expected, nothing was done. `FAILED`: nothing was done. `UNKNOWN`: the answer was lost. */
export type AuditOutcome = "DONE" | "REFUSED" | "FAILED" | "UNKNOWN";

export type AuditActorKind = "MEMBER" | "OPERATOR" | "SERVICE" | "GATEWAY";

/** Who did it. Ids only. */
export interface AuditActor {
  kind: AuditActorKind;
  id: string | null;
  /** A person's own Organization. */
  organizationId: string | null;
}

export interface AuditChange {
  field: string;
  before: string | null;
  after: string | null;
}

/** What a write is about to do, and to what. Resolved ids; never a name, an address, a token or a secret. */
export interface Deed {
  action: AuditAction;
  organizationId?: string | null;
  memberId?: string | null;
  connectedAppId?: string | null;
  scopes?: readonly string[];
  changes?: readonly AuditChange[];
}

/** How it ended. What became known meanwhile, such as the id of a new app, overrides what was intended. */
export interface Ended extends Partial<Deed> {
  outcome: AuditOutcome;
  /** Why it was not DONE. */
  code?: string;
  stytchRequestIds: readonly string[];
}

/** Where deeds are written down: intent before, outcome after. */
export interface Recorder {
  /** Durable before it returns. @throws Failure LEDGER_UNAVAILABLE: then nothing is sent. */
  intend(deed: Deed, actor: AuditActor, requestId: string): Promise<{ ended(how: Ended): Promise<void> }>;
  /** A refusal by permission: there was no intent. Never throws. */
  refused(deed: Deed, actor: AuditActor, requestId: string, code: string): Promise<void>;
}
