import { Ctx, FieldResolver, Query, Resolver } from "type-graphql";
import type { GatewayContext } from "../context";
import { Member, toMember } from "../types/member.type";
import { Organization, toOrganization } from "../types/organization.type";
import { Viewer } from "../types/viewer.type";

@Resolver(() => Viewer)
export class ViewerResolver {
  @Query(() => Viewer, { nullable: true, description: "Who is asking; null without a credential." })
  viewer(@Ctx() { viewer }: GatewayContext): Viewer | null {
    return viewer && { isOperator: viewer.isOperator, scopes: [...viewer.scopes] };
  }

  @FieldResolver(() => Member, { nullable: true, description: "The signed-in Member; null for services." })
  async member(@Ctx() { loaders }: GatewayContext): Promise<Member | null> {
    const self = await loaders.reader.self();
    return self && toMember(self.member);
  }

  @FieldResolver(() => Organization, {
    nullable: true,
    description: "The signed-in Member's Organization; null for services.",
  })
  async organization(@Ctx() { loaders }: GatewayContext): Promise<Organization | null> {
    const self = await loaders.reader.self();
    return self && toOrganization(self.organization);
  }
}
