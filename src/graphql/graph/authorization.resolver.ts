import { GraphQLDateTime } from "graphql-scalars";
import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { notFound } from "../../failure";
import { searchesFor } from "../../loaders/align";
import type { GatewayContext } from "../context";
import { Cost, FREE, loaded, owningOrganization } from "../cost/prices";
import { Authorization } from "./authorization.type";
import { Member, toMember } from "./member.type";
import { Organization, toOrganization } from "./organization.type";

@Resolver(() => Authorization)
export class AuthorizationResolver {
  @Cost((group) => ({ calls: group.lists * searchesFor(group.size), once: ["self"], children: loaded(group) }))
  @FieldResolver(() => Member, { description: "Who granted it." })
  async member(@Root() { record }: Authorization, @Ctx() { loaders }: GatewayContext): Promise<Member> {
    const member = await loaders.members.byId(record);
    if (!member) throw notFound("Member");
    return toMember(member);
  }

  @Cost(FREE)
  @FieldResolver(() => GraphQLDateTime, {
    nullable: true,
    description:
      "Since when the app has access without a break (RFC 3339, UTC), from the gateway's ledger, which sees no break that was made in Stytch's dashboard. Null when it was granted elsewhere.",
  })
  async grantedAt(@Root() { record }: Authorization, @Ctx() { loaders }: GatewayContext): Promise<Date | null> {
    const { organizationId, memberId, app } = record;
    const grant = await loaders.records.grant({ organizationId, memberId, connectedAppId: app.connected_app_id });
    return grant?.grantedAt ?? null;
  }

  @Cost(owningOrganization)
  @FieldResolver(() => Organization, { description: "The Member's Organization." })
  async organization(@Root() { record }: Authorization, @Ctx() { loaders }: GatewayContext): Promise<Organization> {
    const organization = await loaders.organizations.byId(record.organizationId);
    if (!organization) throw notFound("Organization");
    return toOrganization(organization);
  }
}
