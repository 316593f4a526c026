import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { notFound } from "../../failure";
import type { GatewayContext } from "../context";
import { Authorization } from "./authorization.type";
import { Member, toMember } from "./member.type";
import { Organization, toOrganization } from "./organization.type";

@Resolver(() => Authorization)
export class AuthorizationResolver {
  @FieldResolver(() => Member, { description: "Who granted it." })
  async member(@Root() { record }: Authorization, @Ctx() { loaders }: GatewayContext): Promise<Member> {
    const member = await loaders.members.byId(record);
    if (!member) throw notFound("Member");
    return toMember(member);
  }

  @FieldResolver(() => Organization, { description: "The Member's Organization." })
  async organization(@Root() { record }: Authorization, @Ctx() { loaders }: GatewayContext): Promise<Organization> {
    const organization = await loaders.organizations.byId(record.organizationId);
    if (!organization) throw notFound("Organization");
    return toOrganization(organization);
  }
}
