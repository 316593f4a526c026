import { Field, ID, InputType } from "type-graphql";

@InputType({ description: "An authorization URL, and for whom it is to be explained." })
export class ExplainAuthorizationInput {
  @Field(() => String, {
    description:
      "The URL as the app sends browsers to it; at most 15,000 characters are looked at. It may begin with `/oauth/authorize`.",
  })
  url!: string;

  @Field(() => ID, {
    nullable: true,
    description:
      "Id of the Member who would open it. Without one it is explained for a Member who has not connected the app yet.",
  })
  memberId?: string | null;

  @Field(() => ID, {
    nullable: true,
    description:
      "Id, slug or external id of the Organization whose policy applies; the Member's own when one is named.",
  })
  organizationId?: string | null;
}
