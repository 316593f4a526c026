import { Field, ObjectType, registerEnumType } from "type-graphql";

export enum UserErrorCode {
  INVALID = "INVALID",
  NOT_FOUND = "NOT_FOUND",
  ROTATION_IN_PROGRESS = "ROTATION_IN_PROGRESS",
  ROTATION_NOT_STARTED = "ROTATION_NOT_STARTED",
  CLIENT_HAS_NO_SECRET = "CLIENT_HAS_NO_SECRET",
  LIMIT_REACHED = "LIMIT_REACHED",
  REFUSED_BY_POLICY = "REFUSED_BY_POLICY",
  SCOPE_NOT_GRANTABLE = "SCOPE_NOT_GRANTABLE",
  REQUEST_EXPIRED = "REQUEST_EXPIRED",
  CONSENT_CHANGED = "CONSENT_CHANGED",
  IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED",
  APP_ALREADY_ALLOWED = "APP_ALREADY_ALLOWED",
  APP_REQUEST_OPEN = "APP_REQUEST_OPEN",
  APP_REQUEST_DECIDED = "APP_REQUEST_DECIDED",
}

registerEnumType(UserErrorCode, {
  name: "UserErrorCode",
  description: "Why a mutation did not do what was asked. Branch on this, never on the message.",
  valuesConfig: {
    INVALID: { description: "A value is not acceptable; `field` says which." },
    NOT_FOUND: { description: "Unknown, or another tenant's: the two look the same." },
    ROTATION_IN_PROGRESS: { description: "A rotation is already open. Complete or cancel it first." },
    ROTATION_NOT_STARTED: { description: "No rotation is open. Start one with `rotateSecret`." },
    CLIENT_HAS_NO_SECRET: { description: "Public clients have no secret to rotate." },
    LIMIT_REACHED: { description: "The Stytch plan or a list's length does not allow one more." },
    REFUSED_BY_POLICY: { description: "The Organization's Connected App policy does not allow this app." },
    SCOPE_NOT_GRANTABLE: { description: "A scope that the Member may not grant, or that was not asked for." },
    REQUEST_EXPIRED: { description: "The authorization request is used, expired or not yours. Start again." },
    CONSENT_CHANGED: { description: "What must be asked of the Member has changed since it was shown. Start again." },
    IDEMPOTENCY_KEY_REUSED: { description: "This `idempotencyKey` was used with another input. Choose a new one." },
    APP_ALREADY_ALLOWED: { description: "The Organization's policy allows this app already. Just authorize it." },
    APP_REQUEST_OPEN: { description: "This app has been asked for already, and the request is still open." },
    APP_REQUEST_DECIDED: { description: "This request was decided or withdrawn before." },
  },
});

@ObjectType({ simpleResolvers: true, description: "An expected reason why a mutation did nothing." })
export class UserError {
  @Field(() => UserErrorCode, { description: "Branch on this." })
  code!: UserErrorCode;

  @Field(() => [String], {
    nullable: true,
    description: 'Path inside `input`, e.g. `["redirectUrls", "1"]`. Null when no single field is to blame.',
  })
  field!: string[] | null;

  @Field(() => String, { description: "For people. Says what is wrong and what to do." })
  message!: string;
}
