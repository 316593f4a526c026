import { Arg, Authorized, Ctx, Mutation, Resolver } from "type-graphql";
import { Failure, noSuch, problem, refused, refuseIfAny } from "../../../failure";
import { revokeAccess } from "../../../oauth/revoke";
import { MAX_REVOCATIONS, type Revocations, revokeApp, revokeMemberApps } from "../../../oauth/revoke-many";
import { isConnectedAppId, isMemberId } from "../../../stytch/ids";
import type { GatewayContext } from "../../context";
import { Cost, type CostRule, organizationWrite } from "../../cost/prices";
import { authorizationId } from "../../graph/authorization.type";
import { answer } from "../answer";
import { Audited } from "../audited";
import { RevokeAppInput, RevokeMemberAppInput, RevokeMemberAppsInput } from "./revocation.input";
import {
  type RevocationsPayload,
  RevokeAppPayload,
  RevokeMemberAppPayload,
  RevokeMemberAppsPayload,
} from "./revocation.payloads";

/** Stytch's answer is the same for an app that does not exist, one that never had access and one that has it no more. */
function notAuthorized(error: unknown): never {
  const isSo = error instanceof Failure && !error.isOutcomeUnknown && error.isStytch("connected_app_not_found");
  if (!isSo) throw error;
  const message = "This Member has not authorized such a Connected App, or not any more.";
  throw refused([problem("NOT_FOUND", ["connectedAppId"], message)]);
}

const fields = { clientId: ["connectedAppId"] };
const app = (id: string) => (isConnectedAppId(id) ? [] : [noSuch("connectedApp", "connectedAppId")]);
const member = (id: string) => (isMemberId(id) ? [] : [noSuch("member", "memberId")]);

/** Also: an alias, the right asked for, a list before and one after, a search for strangers; and so many revocations. */
const revocations: CostRule = () => ({ calls: 7 + MAX_REVOCATIONS, once: ["self"] });

@Resolver()
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
    @Arg("input", () => RevokeMemberAppInput, {
      description: "The Member and the app. Members may name themselves; operators also say the Organization.",
    })
    { memberId, connectedAppId, ...input }: RevokeMemberAppInput,
    @Ctx() { caller, loaders, now }: GatewayContext,
  ) {
    return answer<RevokeMemberAppPayload>(async () => {
      refuseIfAny([...member(memberId), ...app(connectedAppId)]);
      const organizationId = await loaders.organizations.idOf(input.organizationId, "manage:authorizations");
      const access = { organizationId, memberId, connectedAppId };
      await revokeAccess(caller, access).catch(notAuthorized);
      return {
        revokedConnectedAppId: connectedAppId,
        revokedAuthorizationId: authorizationId(access.organizationId, access.memberId, access.connectedAppId),
        key: { organizationId, memberId },
        ending: { appIds: [connectedAppId], endedAt: now() },
      };
    }, fields);
  }

  @Cost(revocations)
  @Authorized("manage:authorizations")
  @Audited("AUTHORIZATION_REVOKED")
  @Mutation(() => RevokeAppPayload, {
    nullable: true,
    description:
      "Ends an app's access to every Member of one Organization, or to those named: at most 100 in one call, 10 at a time. Call again while `remainingCount` is above 0; repeating is harmless. Each revocation is written down for itself. An app that nobody in the Organization uses has 0 to revoke. Members need `revoke.connected-app` on `stytch.member`, unless they name only themselves. Stytch: `organizations.getConnectedApp`, then `members.connectedApps.revoke` for each Member.",
  })
  async revokeApp(
    @Arg("input", () => RevokeAppInput, {
      description:
        "The app, and whose access ends. Members without the permission may name only themselves; operators also say the Organization.",
    })
    { connectedAppId, memberIds = null, ...input }: RevokeAppInput,
    @Ctx() { caller, loaders, now }: GatewayContext,
  ) {
    const payload = await answer<RevokeAppPayload>(async () => {
      refuseIfAny([...app(connectedAppId), ...tooMany(memberIds)]);
      const organizationId = await loaders.organizations.idOf(input.organizationId, "manage:authorizations");
      const done = await revokeApp(caller, organizationId, connectedAppId, memberIds);
      return toPayload(done, [connectedAppId], now());
    }, fields);
    return { ...NOTHING, ...payload };
  }

  @Cost(revocations)
  @Authorized("manage:authorizations")
  @Audited("AUTHORIZATION_REVOKED")
  @Mutation(() => RevokeMemberAppsPayload, {
    nullable: true,
    description:
      "Ends the access of every app to one Member, as when a person leaves: at most 100 in one call, 10 at a time. Call again while `remainingCount` is above 0; repeating is harmless. Each revocation is written down for itself. Members may do it for themselves; for others Stytch asks for `get.connected-apps` and `revoke.connected-app` on `stytch.member`. Stytch: `members.getConnectedApps`, then `members.connectedApps.revoke` for each app.",
  })
  async revokeMemberApps(
    @Arg("input", () => RevokeMemberAppsInput, {
      description: "The Member. Members may name themselves; operators also say the Organization.",
    })
    { memberId, ...input }: RevokeMemberAppsInput,
    @Ctx() { caller, loaders, now }: GatewayContext,
  ) {
    const payload = await answer<RevokeMemberAppsPayload>(async () => {
      refuseIfAny(member(memberId));
      const organizationId = await loaders.organizations.idOf(input.organizationId, "manage:authorizations");
      const done = await revokeMemberApps(caller, organizationId, memberId);
      return toPayload(done, done.appIds, now());
    });
    return { ...NOTHING, ...payload };
  }
}

/** What the payload says when there are userErrors. */
const NOTHING = { revokedCount: 0, failures: [] };

const tooMany = (memberIds: readonly string[] | null) =>
  memberIds && memberIds.length > MAX_REVOCATIONS
    ? [problem("INVALID", ["memberIds"], `At most ${MAX_REVOCATIONS} Members can be named.`)]
    : [];

const toPayload = (
  { revoked, failed, remaining }: Revocations,
  appIds: readonly string[],
  endedAt: Date,
): Omit<RevocationsPayload, "userErrors"> => ({
  revokedCount: revoked,
  failures: failed.map(({ access: { memberId, connectedAppId }, failure: { code, message } }) => ({
    memberId,
    connectedAppId,
    code,
    message,
  })),
  remaining,
  ending: { appIds, endedAt },
});
