import { Arg, Authorized, Ctx, Query, Resolver } from "type-graphql";
import { notFound } from "../../failure";
import { explainAuthorization } from "../../oauth/explain";
import type { DirectoryMember } from "../../stytch/directory";
import type { GatewayContext } from "../context";
import { Cost } from "../cost/prices";
import { ExplainAuthorizationInput } from "./explanation.input";
import { AuthorizationExplanation, AuthorizationOutcome } from "./explanation.type";

@Resolver()
export class ExplanationResolver {
  // Organization, its policy, Member, app, project's policy; then `authorizeStart` as it is, or for the scopes alone.
  @Cost(() => ({ calls: 7 }))
  @Authorized("read:everything")
  @Query(() => AuthorizationExplanation, {
    nullable: true,
    description:
      "Says what the consent page would do with an authorization URL, and everything that is wrong with it. Operators only; services need `read:marketplace`. Grants, stores and asks nobody anything. Stytch: `clients.get`, `rbac.policy`, and for a Member `idp.oauth.authorizeStart`.",
  })
  async explainAuthorization(
    @Arg("input", () => ExplainAuthorizationInput, { description: "The URL, and for whom it would be opened." }) {
      url,
      memberId,
      organizationId,
    }: ExplainAuthorizationInput,
    @Ctx() { caller, loaders, origin }: GatewayContext,
  ): Promise<AuthorizationExplanation> {
    const named = organizationId == null ? null : await loaders.organizations.find(organizationId);
    if (organizationId != null && !named) throw notFound("Organization");
    let ownerId = named?.organization_id ?? null;
    let member: DirectoryMember | null = null;
    if (memberId != null) {
      member = await loaders.members.byId({ memberId, organizationId: ownerId });
      // Who has been deleted cannot sign in, so the page would never see them.
      if (!member || member.status === "deleted") throw notFound("Member");
      ownerId = member.organization_id;
    }
    const organization = ownerId === null ? null : await loaders.organizations.current(ownerId);
    const { outcome, scopes, findings } = await explainAuthorization(caller, url, { member, organization }, origin);
    return { outcome: AuthorizationOutcome[outcome], scopes, problems: findings };
  }
}
