import { Arg, Authorized, Ctx, FieldResolver, Mutation, Resolver, Root } from "type-graphql";
import { Failure, problem, refused } from "../../../failure";
import { isAppRequestId, newAppRequestId } from "../../../marketplace/app-requests";
import { availabilityOf } from "../../../marketplace/policy";
import type { GatewayContext } from "../../context";
import { Cost, ONE } from "../../cost/prices";
import { toAppRequest } from "../../graph/app-request.type";
import { Organization, toOrganization } from "../../graph/organization.type";
import { answer } from "../answer";
import { Audited } from "../audited";
import {
  AppRequestDecision,
  DecideAppRequestInput,
  RequestAppInput,
  WithdrawAppRequestInput,
} from "./app-request.input";
import { DecideAppRequestPayload, RequestAppPayload, WithdrawAppRequestPayload } from "./app-request.payloads";
import { end, requireOpen, wordsOf } from "./app-request.work";
import { approve } from "./approval";

@Resolver(() => DecideAppRequestPayload)
export class AppRequestMutations {
  @Cost(() => ({ calls: 0, once: ["self"] }))
  @Authorized("request:apps")
  @Audited("APP_REQUESTED")
  @Mutation(() => RequestAppPayload, {
    nullable: true,
    description:
      "Asks the Organization's admins to allow an app that is on the shelf. For Members, each for themselves. Of one app a single request can be open. Stytch: `sessions.authenticate`, for the policy as it is now.",
  })
  requestApp(
    @Arg("input", () => RequestAppInput, {
      description: "An app on the shelf that the Organization's policy does not allow.",
    })
    input: RequestAppInput,
    @Ctx() context: GatewayContext,
  ) {
    return answer<RequestAppPayload>(async () => {
      const { caller, loaders, marketplace } = context;
      const { connectedAppId } = input;
      const reason = wordsOf("reason", input.reason);
      const listing = await loaders.listings.byApp(connectedAppId);
      if (!listing) {
        throw refused([problem("NOT_FOUND", ["connectedAppId"], "There is no such app on the shelf.")]);
      }
      const self = await caller.self();
      if (!self) throw new Failure("FORBIDDEN");
      if (availabilityOf(self.organization, listing.app) === "AVAILABLE") {
        throw refused([problem("APP_ALREADY_ALLOWED", ["connectedAppId"], "The policy allows this app already.")]);
      }
      const organizationId = self.organization.organization_id;
      const memberId = self.member.member_id;
      const target = { organizationId, memberId, connectedAppId };
      const id = newAppRequestId();
      const deed = { action: "APP_REQUESTED", ...target, facts: { appRequestId: id } } as const;
      const request = await caller.perform(deed, async () => {
        const opened = await marketplace.appRequests.open({ id, ...target, reason });
        if (opened) return opened;
        const message = "Your Organization has asked for this app already, and the request is still open.";
        throw refused([problem("APP_REQUEST_OPEN", ["connectedAppId"], message)]);
      });
      return { appRequest: toAppRequest(request) };
    });
  }

  @Cost(() => ({ calls: 0, once: ["self"] }))
  @Authorized("request:apps")
  @Audited("APP_REQUEST_WITHDRAWN")
  @Mutation(() => WithdrawAppRequestPayload, {
    nullable: true,
    description:
      "Takes back a request that is still open. For whoever asked. Stytch: `sessions.authenticate`, to see that the session still lives.",
  })
  withdrawAppRequest(
    @Arg("input", () => WithdrawAppRequestInput, { description: "An open request of your own." }) {
      appRequestId,
    }: WithdrawAppRequestInput,
    @Ctx() { caller, marketplace }: GatewayContext,
  ) {
    return answer<WithdrawAppRequestPayload>(async () => {
      const found = (await marketplace.appRequests.byIds([appRequestId])).get(appRequestId) ?? null;
      const isOwn = found?.memberId === caller.person?.memberId && found?.organizationId === caller.tenant;
      const { id, ...target } = requireOpen(isOwn ? found : null);
      await caller.self();
      const deed = {
        action: "APP_REQUEST_WITHDRAWN",
        ...targetOf(target),
        changes: [statusChange("WITHDRAWN")],
        facts: { appRequestId: id, status: "WITHDRAWN" },
      } as const;
      // Not while it is being approved, and the policy is perhaps widened already.
      const request = await marketplace.changePolicy(target.organizationId, () =>
        caller.perform(deed, () => end(marketplace, id, { status: "WITHDRAWN", decidedBy: null, note: null })),
      );
      return { appRequest: toAppRequest(request) };
    });
  }

  // The check of a session, the policy as it is now, the write.
  @Cost(() => ({ calls: 3, once: ["self"] }))
  @Authorized("manage:authorizations")
  @Audited("APP_REQUEST_DECIDED")
  @Mutation(() => DecideAppRequestPayload, {
    nullable: true,
    description:
      "Decides a request. APPROVE widens the Organization's policy by this one app; NOT_ALLOWED becomes RESTRICTED to it. For admins of the Organization (`stytch_admin`) and operators. Stytch: `organizations.update`, with the admin's own session.",
  })
  decideAppRequest(
    @Arg("input", () => DecideAppRequestInput, {
      description:
        "An open request and the decision. Admins may name requests of their own Organization, operators any.",
    })
    { appRequestId, decision, ...input }: DecideAppRequestInput,
    @Ctx() context: GatewayContext,
  ) {
    return answer<DecideAppRequestPayload>(async () => {
      const { caller, marketplace } = context;
      const note = wordsOf("note", input.note);
      // Before anything is told about the request. What cannot be an id costs no call.
      if (isAppRequestId(appRequestId)) await requireDecider(context);
      const found = (await marketplace.appRequests.byIds([appRequestId])).get(appRequestId) ?? null;
      const request = requireOpen(found && caller.sees(found.organizationId) ? found : null);
      const status = decision === AppRequestDecision.APPROVE ? "APPROVED" : "DECLINED";
      const deed = {
        action: "APP_REQUEST_DECIDED",
        ...targetOf(request),
        facts: { appRequestId: request.id, status },
      } as const;
      if (decision === AppRequestDecision.DECLINE) {
        const changes = [statusChange("DECLINED")];
        const decidedBy = caller.person?.memberId ?? null;
        const declined = await marketplace.changePolicy(request.organizationId, () =>
          caller.perform({ ...deed, changes }, () =>
            end(marketplace, request.id, { status: "DECLINED", decidedBy, note }),
          ),
        );
        return { appRequest: toAppRequest(declined), organizationId: declined.organizationId };
      }
      const approved = await caller.perform(
        { ...deed, changes: [statusChange("APPROVED")] },
        () => approve(context, request, note),
        ({ changes }) => ({ changes: [statusChange("APPROVED"), ...changes] }),
      );
      if (approved.organization) context.loaders.organizations.prime(approved.organization);
      return { appRequest: toAppRequest(approved.request), organizationId: request.organizationId };
    });
  }

  @Cost(() => ({ calls: 1, once: ["self"], children: ONE }))
  @FieldResolver(() => Organization, {
    nullable: true,
    description:
      "With its policy as it is now. Null when there are userErrors. Services need `read:marketplace` for it.",
  })
  async organization(
    @Root() { organizationId }: DecideAppRequestPayload,
    @Ctx() { loaders }: GatewayContext,
  ): Promise<Organization | null> {
    const record = organizationId ? await loaders.organizations.byId(organizationId) : null;
    return record && toOrganization(record);
  }
}

/** Operators by scope, Members by role: asked of Stytch now, since declining sends nothing that Stytch could refuse. */
async function requireDecider({ caller }: GatewayContext): Promise<void> {
  if (caller.isOperator || (await caller.isAdmin())) return;
  throw new Failure("FORBIDDEN", "Only admins of the Organization decide about apps.");
}

const statusChange = (after: string) => ({ field: "status", before: "OPEN", after });

const targetOf = ({
  organizationId,
  memberId,
  connectedAppId,
}: {
  organizationId: string;
  memberId: string;
  connectedAppId: string;
}) => ({ organizationId, memberId, connectedAppId });
