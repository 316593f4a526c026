import { Field, ID, ObjectType } from "type-graphql";
import { Payload } from "../payload";

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
}
