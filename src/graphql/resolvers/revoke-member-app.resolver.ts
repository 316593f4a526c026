import { Arg, Authorized, Ctx, FieldResolver, Mutation, Resolver, Root } from "type-graphql";
import { confirmOperator } from "../../auth/confirm-operator";
import { requireAllowed } from "../../auth/permissions";
import { actorOf } from "../../auth/viewer";
import { isConnectedAppId, isMemberId } from "../../stytch/ids";
import type { GatewayContext } from "../context";
import { RevokeMemberAppInput } from "../inputs/revoke-member-app.input";
import { Member, toMember } from "../types/member.type";
import { RevokeMemberAppPayload } from "../types/payloads";
import { UserErrorCode } from "../types/user-error.type";
import { answer, InputRefused, userError } from "../user-errors";
import { requireOrganizationId } from "./organization-argument";

@Resolver(() => RevokeMemberAppPayload)
export class RevokeMemberAppResolver {
  @Authorized("manage:authorizations")
  @Mutation(() => RevokeMemberAppPayload, {
    description:
      "Ends an app's access to a Member: its tokens end, and the app must ask for consent again. Access tokens are JWTs, so a resource server that only checks signatures accepts one until it expires. Members may revoke their own; for others Stytch asks for `revoke.connected-app` on `stytch.member`. Stytch: `members.connectedApps.revoke`.",
  })
  revokeMemberApp(
    @Arg("input", () => RevokeMemberAppInput) input: RevokeMemberAppInput,
    @Ctx() context: GatewayContext,
  ) {
    return answer<RevokeMemberAppPayload>(
      async () => {
        const { viewer, stytch } = context;
        requireAllowed(viewer, "manage:authorizations");
        const { memberId, connectedAppId } = checkIds(input);
        const organizationId = await requireOrganizationId(context, input.organizationId);
        await confirmOperator(viewer, stytch);
        const actor = actorOf(viewer);
        await context.write(() => stytch.revokeMemberApp(organizationId, memberId, connectedAppId, actor));
        return { revokedConnectedAppId: connectedAppId, key: { organizationId, memberId } };
      },
      { clientId: "connectedAppId" },
    );
  }

  @FieldResolver(() => Member, {
    nullable: true,
    description: "The Member as it is now. Services need `read:marketplace` for it.",
  })
  async member(@Root() { key }: RevokeMemberAppPayload, @Ctx() { loaders }: GatewayContext): Promise<Member | null> {
    const record = key ? await loaders.member.load(key) : null;
    return record && toMember(record);
  }
}

function checkIds({ memberId, connectedAppId }: RevokeMemberAppInput) {
  const errors = [];
  if (!isMemberId(memberId)) {
    errors.push(userError(UserErrorCode.NOT_FOUND, ["memberId"], "There is no such Member in this Organization."));
  }
  if (!isConnectedAppId(connectedAppId)) {
    errors.push(userError(UserErrorCode.NOT_FOUND, ["connectedAppId"], "There is no such Connected App."));
  }
  if (errors.length > 0) throw new InputRefused(errors);
  return { memberId, connectedAppId };
}
