import { Arg, Authorized, Ctx, FieldResolver, Mutation, Resolver, Root } from "type-graphql";
import { noSuch, refuseIfAny } from "../../../failure";
import { isConnectedAppId, isMemberId } from "../../../stytch/ids";
import type { GatewayContext } from "../../context";
import { Cost, ONE, organizationWrite } from "../../cost/prices";
import { authorizationId } from "../../graph/authorization.type";
import { Member, toMember } from "../../graph/member.type";
import { answer } from "../answer";
import { Audited } from "../audited";
import { RevokeMemberAppInput } from "./revocation.input";
import { RevokeMemberAppPayload } from "./revocation.payloads";

@Resolver(() => RevokeMemberAppPayload)
export class RevocationResolver {
  @Cost(organizationWrite)
  @Authorized("manage:authorizations")
  @Audited("AUTHORIZATION_REVOKED")
  @Mutation(() => RevokeMemberAppPayload, {
    nullable: true,
    description:
      "Ends an app's access to a Member: its tokens end, and the app must ask for consent again. Access tokens are JWTs, so a resource server that only checks signatures accepts one until it expires. Members may revoke their own; for others Stytch asks for `revoke.connected-app` on `stytch.member`. Stytch: `members.connectedApps.revoke`.",
  })
  revokeMemberApp(
    @Arg("input", () => RevokeMemberAppInput) { memberId, connectedAppId, ...input }: RevokeMemberAppInput,
    @Ctx() { caller, loaders }: GatewayContext,
  ) {
    return answer<RevokeMemberAppPayload>(
      async () => {
        refuseIfAny([
          ...(isMemberId(memberId) ? [] : [noSuch("member", "memberId")]),
          ...(isConnectedAppId(connectedAppId) ? [] : [noSuch("connectedApp", "connectedAppId")]),
        ]);
        const organizationId = await loaders.organizations.idOf(input.organizationId);
        const target = { organizationId, memberId, connectedAppId };
        await caller.perform({ action: "AUTHORIZATION_REVOKED", ...target }, () =>
          caller.stytch.revokeMemberApp(organizationId, memberId, connectedAppId, caller.actor),
        );
        return {
          revokedConnectedAppId: connectedAppId,
          revokedAuthorizationId: authorizationId(target),
          key: { organizationId, memberId },
        };
      },
      { clientId: ["connectedAppId"] },
    );
  }

  @Cost(() => ({ calls: 1, once: ["self"], children: ONE }))
  @FieldResolver(() => Member, {
    nullable: true,
    description: "The Member as it is now. Services need `read:marketplace` for it.",
  })
  async member(@Root() { key }: RevokeMemberAppPayload, @Ctx() { loaders }: GatewayContext): Promise<Member | null> {
    const record = key ? await loaders.members.byId(key) : null;
    return record && toMember(record);
  }
}
