import { GraphQLDateTime } from "graphql-scalars";
import { Field, ObjectType } from "type-graphql";
import type { DirectoryMember } from "../../stytch/directory";
import { MemberStatus, toEnum } from "./enums";
import { Node } from "./node.type";

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description:
    "A person in one Organization. A Member reads itself; reading others needs `search` on `stytch.member`, which Stytch checks.",
})
export class Member extends Node {
  @Field(() => String, { description: "Unique in its Organization." })
  emailAddress!: string;

  @Field(() => String, { description: "Empty when nobody gave one." })
  name!: string;

  @Field(() => MemberStatus, { description: "Only active Members can sign in." })
  status!: MemberStatus;

  @Field(() => [String], { description: "Ids of the roles in Stytch's RBAC policy, whichever way they were assigned." })
  roles!: string[];

  @Field(() => Boolean, { description: "Holds the role `stytch_admin`." })
  isAdmin!: boolean;

  @Field(() => String, { nullable: true, description: "Your own id for it, unique in its Organization." })
  externalId!: string | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: "When the Member was created (RFC 3339, UTC)." })
  createdAt!: string | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: "When Stytch last changed the record (RFC 3339, UTC)." })
  updatedAt!: string | null;

  organizationId!: string;
}

export const toMember = (record: DirectoryMember): Member =>
  Object.assign(new Member(), {
    id: record.member_id,
    organizationId: record.organization_id,
    emailAddress: record.email_address,
    name: record.name,
    status: toEnum(MemberStatus, record.status),
    roles: record.roles.map(({ role_id }) => role_id),
    isAdmin: record.is_admin,
    externalId: record.external_id || null,
    createdAt: record.created_at || null,
    updatedAt: record.updated_at || null,
  });
