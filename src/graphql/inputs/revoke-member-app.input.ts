import { Field, ID, InputType } from "type-graphql";

@InputType()
export class RevokeMemberAppInput {
  @Field(() => ID)
  memberId!: string;

  @Field(() => ID)
  connectedAppId!: string;

  @Field(() => ID, {
    nullable: true,
    description:
      "Id, slug or external id of the Member's Organization. Operators must give it; a Member's own is used.",
  })
  organizationId?: string | null;
}
