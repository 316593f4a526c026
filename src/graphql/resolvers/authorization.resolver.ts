import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import { notFound } from "../../loaders/reader";
import type { GatewayContext } from "../context";
import { Authorization } from "../types/authorization.type";
import { Member, toMember } from "../types/member.type";
import { Organization, toOrganization } from "../types/organization.type";

@Resolver(() => Authorization)
export class AuthorizationResolver {
  @FieldResolver(() => Member, { description: "Who granted it." })
  async member(@Root() { record }: Authorization, @Ctx() { loaders }: GatewayContext): Promise<Member> {
    const member = await loaders.member.load(record);
    if (!member) throw notFound("Member");
    return toMember(member);
  }

  @FieldResolver(() => Organization, { description: "The Member's Organization." })
  async organization(@Root() { record }: Authorization, @Ctx() { loaders }: GatewayContext): Promise<Organization> {
    const organization = await loaders.organization.load(record.organizationId);
    if (!organization) throw notFound("Organization");
    return toOrganization(organization);
  }
}
