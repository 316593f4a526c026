import { Arg, Authorized, Ctx, FieldResolver, ID, Query, Resolver, Root } from "type-graphql";
import { notFound } from "../../failure";
import { USUAL_APPS } from "../../loaders/apps";
import { callsForMembers } from "../../loaders/authorizations";
import type { GatewayContext } from "../context";
import { Cost, lists, ONE, owningOrganization } from "../cost/prices";
import { Authorization, toAuthorization } from "./authorization.type";
import { Member, toMember } from "./member.type";
import { Organization, toOrganization } from "./organization.type";

@Resolver(() => Member)
export class MemberResolver {
  @Cost(() => ({ calls: 2, once: ["self"], children: ONE }))
  @Authorized("read")
  @Query(() => Member, { nullable: true, description: "One Member, or null when there is none that you may see." })
  async member(
    @Arg("id", () => ID, { description: "A Member's id; not an external id." }) memberId: string,
    @Ctx() { loaders }: GatewayContext,
  ): Promise<Member | null> {
    const record = await loaders.members.byId({ memberId, organizationId: null });
    return record && toMember(record);
  }

  @Cost(owningOrganization)
  @FieldResolver(() => Organization, { description: "The one Organization that the Member belongs to." })
  async organization(@Root() member: Member, @Ctx() { loaders }: GatewayContext): Promise<Organization> {
    const record = await loaders.organizations.byId(member.organizationId);
    if (!record) throw notFound("Organization");
    return toOrganization(record);
  }

  @Cost((group) => ({
    calls: group.lists * callsForMembers(group.size, group.oneOrganization),
    once: ["others"],
    children: lists(group, USUAL_APPS),
  }))
  @FieldResolver(() => [Authorization], {
    nullable: true,
    description:
      "Apps that may act for this Member, by name. For others than yourself: `get.connected-apps` on `stytch.member`.",
  })
  async authorizations(
    @Root() { id: memberId, organizationId }: Member,
    @Ctx() { loaders }: GatewayContext,
  ): Promise<Authorization[]> {
    return (await loaders.authorizations.of({ organizationId, memberId })).map(toAuthorization);
  }
}
