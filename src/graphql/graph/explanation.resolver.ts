import type { Member, Organization } from "stytch";
import { Arg, Authorized, Ctx, Query, Resolver } from "type-graphql";
import { notFound } from "../../failure";
import { explainAuthorization } from "../../oauth/explain";
import type { GatewayContext } from "../context";
import { ExplainAuthorizationInput } from "./explanation.input";
import { AuthorizationExplanation, AuthorizationOutcome } from "./explanation.type";

@Resolver()
export class ExplanationResolver {
  @Authorized("read:everything")
  @Query(() => AuthorizationExplanation, {
    nullable: true,
    description:
      "Says what the consent page would do with an authorization URL, and everything that is wrong with it. Operators only; services need `read:marketplace`. Grants, stores and asks nobody anything. Stytch: `clients.get`, `rbac.policy`, and for a Member `idp.oauth.authorizeStart`.",
  })
  async explainAuthorization(
    @Arg("input", () => ExplainAuthorizationInput) { url, memberId, organizationId }: ExplainAuthorizationInput,
    @Ctx() { caller, loaders, origin }: GatewayContext,
  ): Promise<AuthorizationExplanation> {
    let organization: Organization | null = null;
    if (organizationId != null) {
      organization = await loaders.organizations.find(organizationId);
      if (!organization) throw notFound("Organization");
    }
    let member: Member | null = null;
    if (memberId != null) {
      member = await loaders.members.byId({ memberId, organizationId: organization?.organization_id ?? null });
      // Who has been deleted cannot sign in, so the page would never see them.
      if (!member || member.status === "deleted") throw notFound("Member");
      organization ??= await loaders.organizations.byId(member.organization_id);
    }
    const { outcome, scopes, findings } = await explainAuthorization(caller, url, { member, organization }, origin);
    return { outcome: AuthorizationOutcome[outcome], scopes, problems: findings };
  }
}
