import { GraphQLDateTime } from "graphql-scalars";
import { Field, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import type { Actor, AuditEvent as EventRecord } from "../../ledger/event";
import { toEnum } from "./enums";
import { Node } from "./node.type";

export enum AuditAction {
  CLIENT_CREATED = "CLIENT_CREATED",
  CLIENT_UPDATED = "CLIENT_UPDATED",
  CLIENT_DELETED = "CLIENT_DELETED",
  SECRET_ROTATION_STARTED = "SECRET_ROTATION_STARTED",
  SECRET_ROTATION_RESCHEDULED = "SECRET_ROTATION_RESCHEDULED",
  SECRET_ROTATION_COMPLETED = "SECRET_ROTATION_COMPLETED",
  SECRET_ROTATION_CANCELLED = "SECRET_ROTATION_CANCELLED",
  AUTHORIZATION_GRANTED = "AUTHORIZATION_GRANTED",
  AUTHORIZATION_DENIED = "AUTHORIZATION_DENIED",
  AUTHORIZATION_REVOKED = "AUTHORIZATION_REVOKED",
  CONNECTED_APP_POLICY_UPDATED = "CONNECTED_APP_POLICY_UPDATED",
  LISTING_SAVED = "LISTING_SAVED",
  LISTING_PUBLISHED = "LISTING_PUBLISHED",
  LISTING_WITHDRAWN = "LISTING_WITHDRAWN",
  APP_REQUESTED = "APP_REQUESTED",
  APP_REQUEST_WITHDRAWN = "APP_REQUEST_WITHDRAWN",
  APP_REQUEST_DECIDED = "APP_REQUEST_DECIDED",
  UNKNOWN = "UNKNOWN",
}

export enum AuditOutcome {
  DONE = "DONE",
  REFUSED = "REFUSED",
  FAILED = "FAILED",
  UNKNOWN = "UNKNOWN",
}

export enum AuditActorKind {
  MEMBER = "MEMBER",
  OPERATOR = "OPERATOR",
  SERVICE = "SERVICE",
  GATEWAY = "GATEWAY",
}

registerEnumType(AuditAction, {
  name: "AuditAction",
  description: "What was done, or tried.",
  valuesConfig: {
    CLIENT_CREATED: { description: "`createClient`." },
    CLIENT_UPDATED: { description: "`updateClient`. `changes` names the fields, without their values." },
    CLIENT_DELETED: { description: "`deleteClient`. Its authorizations ended with it." },
    SECRET_ROTATION_STARTED: { description: "`rotateSecret`: from then on both secrets worked." },
    SECRET_ROTATION_RESCHEDULED: { description: "`rescheduleSecretRotation`." },
    SECRET_ROTATION_COMPLETED: { description: "`completeSecretRotation`, or the gateway when its time had come." },
    SECRET_ROTATION_CANCELLED: { description: "`cancelSecretRotation`." },
    AUTHORIZATION_GRANTED: { description: "A Member allowed an app, on the page or by `submitConsent`." },
    AUTHORIZATION_DENIED: { description: "A Member denied an app, on the page or by `submitConsent`." },
    AUTHORIZATION_REVOKED: { description: "An app's access to a Member was taken back. One event for each." },
    CONNECTED_APP_POLICY_UPDATED: { description: "`updateConnectedAppPolicy`, with the rules before and after." },
    LISTING_SAVED: { description: "`saveListing`." },
    LISTING_PUBLISHED: { description: "`publishListing`." },
    LISTING_WITHDRAWN: { description: "`withdrawListing`." },
    APP_REQUESTED: { description: "`requestApp`." },
    APP_REQUEST_WITHDRAWN: { description: "`withdrawAppRequest`: whoever asked took it back." },
    APP_REQUEST_DECIDED: { description: "`decideAppRequest`." },
    UNKNOWN: { description: "An action that this version of the gateway does not know." },
  },
});

registerEnumType(AuditOutcome, {
  name: "AuditOutcome",
  description: "How it ended.",
  valuesConfig: {
    DONE: { description: "It was done." },
    REFUSED: { description: "It was refused, by Stytch or by the gateway; `code` says why. Nothing was changed." },
    FAILED: { description: "It failed; `code` says how. Nothing was changed." },
    UNKNOWN: { description: "The answer was lost. A later event says what became of it, where that can be found out." },
  },
});

registerEnumType(AuditActorKind, {
  name: "AuditActorKind",
  description: "Who acted.",
  valuesConfig: {
    MEMBER: { description: "A Member, of the Organization that the event belongs to." },
    OPERATOR: { description: "A person of the operator's Organization." },
    SERVICE: { description: "A back-end service of the operator; `id` is its M2M client." },
    GATEWAY: { description: "The gateway itself: a rotation whose time had come." },
  },
});

@ObjectType({ simpleResolvers: true, description: "Who acted. Ids only; the person's record is read when asked for." })
export class AuditActor {
  @Field(() => AuditActorKind, { description: "What kind of caller it was then." })
  kind!: AuditActorKind;

  @Field(() => ID, { nullable: true, description: "A Member's id or an M2M client's. Null for the gateway itself." })
  id!: string | null;

  /** Where a Member is looked up; `null` for operators. */
  organizationId!: string | null;
}

@ObjectType({ simpleResolvers: true, description: "One field that was changed. Never a secret." })
export class AuditChange {
  @Field(() => String, { description: "Its name." })
  field!: string;

  @Field(() => String, { nullable: true, description: "Its value before, cut at 500 characters; null if not kept." })
  before!: string | null;

  @Field(() => String, { nullable: true, description: "Its value after, cut at 500 characters; null if not kept." })
  after!: string | null;
}

@ObjectType({ simpleResolvers: true, description: "The end of a hash chain. Keep it elsewhere: it shows a lost tail." })
export class AuditHead {
  @Field(() => Int, { description: "Position of the newest event." })
  position!: number;

  @Field(() => String, { description: "Its hash, SHA-256 in hexadecimal." })
  hash!: string;

  @Field(() => GraphQLDateTime, { description: "When it was written (RFC 3339, UTC)." })
  at!: Date;
}

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description:
    "One thing that was done through this gateway, or tried. Events are never changed and form one hash chain for each Organization and one for the marketplace. For `stytch_admin` of the Organization, for operators, and for the Member concerned. What is done in Stytch's dashboard is not in it.",
})
export class AuditEvent extends Node {
  @Field(() => GraphQLDateTime, {
    description:
      "When it ended, or when the gateway found out how it had ended: a lost answer or a crash may lie between (RFC 3339, UTC).",
  })
  at!: Date;

  @Field(() => AuditAction, { description: "What was done, or tried." })
  action!: AuditAction;

  @Field(() => AuditOutcome, { description: "How it ended." })
  outcome!: AuditOutcome;

  @Field(() => String, { nullable: true, description: "Why it was not DONE: a code of `userErrors` or of errors." })
  code!: string | null;

  @Field(() => AuditActor, { description: "Who did it." })
  actor!: AuditActor;

  @Field(() => ID, { nullable: true, description: "The Organization it was done in; null for the marketplace's own." })
  organizationId!: string | null;

  @Field(() => ID, { nullable: true, description: "The Member it was done to." })
  memberId!: string | null;

  @Field(() => ID, { nullable: true, description: "The app it was about." })
  connectedAppId!: string | null;

  @Field(() => [String], { nullable: true, description: "Scopes that were granted or asked for; at most 100." })
  scopes!: string[] | null;

  @Field(() => [AuditChange], { description: "What changed; at most 50. Never a secret, a name or an e-mail address." })
  changes!: AuditChange[];

  @Field(() => String, { description: "Of the request that did it: the same as in the log." })
  requestId!: string;

  @Field(() => [String], { description: "Stytch's own ids of the calls it took; at most 20." })
  stytchRequestIds!: string[];

  @Field(() => Int, { description: "Its place in its chain, from 1, without gaps." })
  position!: number;

  @Field(() => String, { description: "Covers the event and the hash of the one before it." })
  hash!: string;
}

export const toActor = ({ kind, id }: Actor, organizationId: string | null): AuditActor =>
  Object.assign(new AuditActor(), {
    kind: AuditActorKind[kind],
    id,
    organizationId: kind === "MEMBER" ? organizationId : null,
  });

export const toAuditEvent = ({ actor, chain: _, order: __, ...event }: EventRecord): AuditEvent =>
  Object.assign(new AuditEvent(), {
    ...event,
    action: toEnum(AuditAction, event.action),
    outcome: toEnum(AuditOutcome, event.outcome),
    actor: toActor(actor, event.organizationId),
  });

export const isAuditEventId = (id: string): boolean => id.startsWith("audit-event-");
