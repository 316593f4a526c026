import { GraphQLDateTime } from "graphql-scalars";
import { Field, ID, ObjectType } from "type-graphql";
import { type DirectoryOrganization, isCurrent, type OrganizationPolicy } from "../../stytch/directory";
import { ConnectedAppRuleMode, toEnum } from "./enums";
import { Node } from "./node.type";

@ObjectType({ simpleResolvers: true, description: "Which apps of one kind Members may authorize." })
export class ConnectedAppRule {
  @Field(() => ConnectedAppRuleMode, { description: "Which apps of this kind are allowed." })
  mode!: ConnectedAppRuleMode;

  @Field(() => [ID], { description: "Ids of the allowed apps. Stytch looks at them only when `mode` is RESTRICTED." })
  allowedAppIds!: string[];
}

@ObjectType({
  simpleResolvers: true,
  description: "An Organization's rules for Connected Apps. Changed with `updateConnectedAppPolicy`.",
})
export class ConnectedAppPolicy {
  @Field(() => ConnectedAppRule, { description: "Rule for your own apps." })
  firstParty!: ConnectedAppRule;

  @Field(() => ConnectedAppRule, { description: "Rule for partners' apps." })
  thirdParty!: ConnectedAppRule;
}

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description: "A customer of the marketplace: a tenant. Members see their own Organization only; operators see all.",
})
export class Organization extends Node {
  @Field(() => String, { description: "For people; not unique." })
  name!: string;

  @Field(() => String, { description: "Unique, 2 to 128 letters, digits, `-`, `.`, `_` or `~`." })
  slug!: string;

  @Field(() => String, { nullable: true, description: "Your own id for it, unique, at most 128 characters." })
  externalId!: string | null;

  @Field(() => String, { nullable: true, description: "Address of a picture, as the Organization gave it." })
  logoUrl!: string | null;

  @Field(() => ConnectedAppPolicy, { description: "Which apps its Members may authorize." })
  connectedAppPolicy!: ConnectedAppPolicy | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: "When the Organization was created (RFC 3339, UTC)." })
  createdAt!: string | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: "When Stytch last changed the record (RFC 3339, UTC)." })
  updatedAt!: string | null;
}

/** A remembered record has no policy: the field's resolver reads it. */
export const toOrganization = (record: DirectoryOrganization): Organization =>
  Object.assign(new Organization(), {
    id: record.organization_id,
    name: record.organization_name,
    slug: record.organization_slug,
    externalId: record.organization_external_id || null,
    logoUrl: record.organization_logo_url || null,
    connectedAppPolicy: isCurrent(record) ? toPolicy(record) : null,
    createdAt: record.created_at || null,
    updatedAt: record.updated_at || null,
  });

export const toPolicy = (record: OrganizationPolicy): ConnectedAppPolicy => ({
  firstParty: {
    mode: toEnum(ConnectedAppRuleMode, record.first_party_connected_apps_allowed_type),
    allowedAppIds: record.allowed_first_party_connected_apps,
  },
  thirdParty: {
    mode: toEnum(ConnectedAppRuleMode, record.third_party_connected_apps_allowed_type),
    allowedAppIds: record.allowed_third_party_connected_apps,
  },
});
