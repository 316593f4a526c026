import { Ctx, FieldResolver, Query, Resolver } from "type-graphql";
import type { GatewayContext } from "../context";
import { Cost, FREE } from "../cost/prices";
import { Member, toMember } from "./member.type";
import { Organization, toOrganization } from "./organization.type";
import { Viewer } from "./viewer.type";

@Resolver(() => Viewer)
export class ViewerResolver {
  @Cost(FREE)
  @Query(() => Viewer, { nullable: true, description: "Who is asking; null without a credential." })
  viewer(@Ctx() { caller }: GatewayContext): Viewer | null {
    if (caller.identity.kind === "nobody") return null;
    return { isOperator: caller.isOperator, scopes: [...caller.scopes] };
  }

  @Cost(() => ({ calls: 0, once: ["self"] }))
  @FieldResolver(() => Member, { nullable: true, description: "The signed-in Member; null for services." })
  async member(@Ctx() { caller }: GatewayContext): Promise<Member | null> {
    const self = await caller.self();
    return self && toMember(self.member);
  }

  @Cost(() => ({ calls: 0, once: ["self"] }))
  @FieldResolver(() => Organization, {
    nullable: true,
    description: "The signed-in Member's Organization; null for services.",
  })
  async organization(@Ctx() { caller }: GatewayContext): Promise<Organization | null> {
    const self = await caller.self();
    return self && toOrganization(self.organization);
  }
}
