import { Field, ID, InputType } from "type-graphql";

const ORGANIZATION =
  "Id, slug or external id of the Member's Organization. Operators must give it; a Member's own is used.";

@InputType({ description: "One app's access to one Member." })
export class RevokeMemberAppInput {
  @Field(() => ID, { description: "Id of the Member who loses the app; Members may name themselves." })
  memberId!: string;

  @Field(() => ID, { description: "Id of the app that loses access." })
  connectedAppId!: string;

  @Field(() => ID, { nullable: true, description: ORGANIZATION })
  organizationId?: string | null;
}

@InputType({ description: "One app's access to the Members of one Organization." })
export class RevokeAppInput {
  @Field(() => ID, { description: "Id of the app that loses access." })
  connectedAppId!: string;

  @Field(() => ID, {
    nullable: true,
    description: "Id, slug or external id of the Organization. Operators must give it; a Member's own is used.",
  })
  organizationId?: string | null;

  @Field(() => [ID], {
    nullable: true,
    description:
      "Ids of the Members who lose the app, at most 100; everybody in the Organization when left out, nobody when empty. One that is no Member of the Organization is NOT_FOUND, and then nothing is revoked. To tell a Member who does not use the app from a stranger, Stytch asks for `search` on `stytch.member`.",
  })
  memberIds?: string[] | null;
}

@InputType({ description: "All apps' access to one Member." })
export class RevokeMemberAppsInput {
  @Field(() => ID, { description: "Id of the Member who loses the apps; Members may name themselves." })
  memberId!: string;

  @Field(() => ID, { nullable: true, description: ORGANIZATION })
  organizationId?: string | null;
}
