import { Field, ID, Int, ObjectType } from "type-graphql";
import { Payload } from "../payload";

/** Which apps' tokens may still be about, and since when no new ones are issued. */
export interface Ending {
  appIds: readonly string[];
  endedAt: Date;
}

@ObjectType({ simpleResolvers: true, description: "What was revoked." })
export class RevokeMemberAppPayload extends Payload {
  @Field(() => ID, { nullable: true, description: "The app that lost access. Null when there are userErrors." })
  revokedConnectedAppId?: string;

  @Field(() => ID, {
    nullable: true,
    description: "Id of the Authorization that is gone, for caches to drop. Null when there are userErrors.",
  })
  revokedAuthorizationId?: string;

  /** Whose `member` is read, if it is asked for. */
  key?: { organizationId: string; memberId: string };
  ending?: Ending;
}

@ObjectType({ simpleResolvers: true, description: "An access that is still there although it was to be revoked." })
export class RevocationFailure {
  @Field(() => ID, { description: "The Member whom the app still has access to." })
  memberId!: string;

  @Field(() => ID, { description: "The app that still has access." })
  connectedAppId!: string;

  @Field(() => String, { description: "Why: a code as top-level errors have it, such as `UPSTREAM_RATE_LIMITED`." })
  code!: string;

  @Field(() => String, { description: "For people." })
  message!: string;
}

@ObjectType({ simpleResolvers: true })
export abstract class RevocationsPayload extends Payload {
  @Field(() => Int, {
    description:
      "How many accesses this call ended, at most 100. What was gone already is not counted; an answer that was lost is settled by looking again.",
  })
  revokedCount!: number;

  @Field(() => [RevocationFailure], { description: "At most 100. Asking again tries them again." })
  failures!: RevocationFailure[];

  /** Reads how many are left, if it is asked for. */
  remaining?: () => Promise<number>;
  ending?: Ending;
}

@ObjectType({ simpleResolvers: true, description: "How far the app's access to the Organization has been ended." })
export class RevokeAppPayload extends RevocationsPayload {}

@ObjectType({ simpleResolvers: true, description: "How far the apps' access to the Member has been ended." })
export class RevokeMemberAppsPayload extends RevocationsPayload {}
