import { Field, ID, InputType } from "type-graphql";

@InputType({ description: "One app's access to one Member." })
export class RevokeMemberAppInput {
  @Field(() => ID, { description: "Id of the Member who loses the app; Members may name themselves." })
  memberId!: string;

  @Field(() => ID, { description: "Id of the app that loses access." })
  connectedAppId!: string;

  @Field(() => ID, {
    nullable: true,
    description:
      "Id, slug or external id of the Member's Organization. Operators must give it; a Member's own is used.",
  })
  organizationId?: string | null;
}
