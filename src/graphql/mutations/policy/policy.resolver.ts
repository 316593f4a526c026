import { Arg, Authorized, Ctx, Mutation, Resolver } from "type-graphql";
import { UPDATE_CONNECTED_APP_POLICY } from "../../../caller/rules";
import { noSuch, refused } from "../../../failure";
import { digests } from "../../../ledger/digest";
import { allowsOf, isFirstParty, type Policy } from "../../../marketplace/policy";
import type { GatewayContext } from "../../context";
import { Cost } from "../../cost/prices";
import { toOrganization } from "../../graph/organization.type";
import { answer } from "../answer";
import { Audited } from "../audited";
import { changesOf } from "./policy.changes";
import { type PolicyFields, toPolicyFields, UpdateConnectedAppPolicyInput } from "./policy.input";
import { UpdateConnectedAppPolicyPayload } from "./policy.payloads";

@Resolver()
export class PolicyResolver {
  // As other writes, and the rules as they were, for the audit log.
  @Cost(() => ({ calls: 4, once: ["self"] }))
  @Authorized("manage:authorizations")
  @Audited("CONNECTED_APP_POLICY_UPDATED")
  @Mutation(() => UpdateConnectedAppPolicyPayload, {
    nullable: true,
    description:
      "Changes which apps an Organization's Members may authorize. Narrowing revokes the authorizations of the apps it leaves out, for good. For admins of the Organization and operators. Stytch: `organizations.update`.",
  })
  updateConnectedAppPolicy(
    @Arg("input", () => UpdateConnectedAppPolicyInput, {
      description: "The rules to change, at least one. Operators also say the Organization.",
    })
    input: UpdateConnectedAppPolicyInput,
    @Ctx() context: GatewayContext,
  ) {
    return answer<UpdateConnectedAppPolicyPayload>(async () => {
      const { caller, loaders, marketplace } = context;
      const asked = toPolicyFields(input);
      const since = marketplace.now();
      const organizationId = await loaders.organizations.idOf(input.organizationId, "manage:authorizations");
      // No documented action guards these fields, so Stytch is asked about one before it is told to write.
      await caller.requireByStytch(UPDATE_CONNECTED_APP_POLICY);
      const before = await readPolicy(context, organizationId);
      const { organization } = await marketplace.changePolicy(organizationId, async () => {
        const fields = await withApprovals(context, organizationId, since, asked);
        return caller.perform(
          {
            action: "CONNECTED_APP_POLICY_UPDATED",
            organizationId,
            changes: changesOf(before, fields),
            facts: digests(fields),
          },
          (stytch) => stytch.updateOrganization({ organization_id: organizationId, ...fields }, caller.actor),
          (answered) => ({
            changes: changesOf(before, answered.organization, fields),
            detail: { allows: allowsOf(answered.organization) },
          }),
        );
      });
      context.loaders.organizations.prime(organization);
      return { organization: toOrganization(organization) };
    });
  }
}

/** What an update is about to change, for the audit log: the answer of the update has the new rules only. */
async function readPolicy({ caller, loaders }: GatewayContext, organizationId: string): Promise<Policy> {
  if (!caller.may("read")) return (await caller.stytch.getOrganization(organizationId)).organization;
  const organization = await loaders.organizations.current(organizationId);
  if (!organization) throw refused([noSuch("organization", "organizationId")]);
  return organization;
}

/** Apps that were approved while this update was on its way: whoever sent it could not know of them. */
async function withApprovals(
  { marketplace }: GatewayContext,
  organizationId: string,
  since: number,
  fields: PolicyFields,
): Promise<PolicyFields> {
  const approved = await marketplace.listings.byApps(
    await marketplace.appRequests.approvedSince(organizationId, since),
  );
  const added = (firstParty: boolean, list: readonly string[]) =>
    [...approved.values()]
      .filter(({ app }) => isFirstParty(app.client_type) === firstParty && !list.includes(app.connected_app_id))
      .map(({ app }) => app.connected_app_id);
  const first = fields.allowed_first_party_connected_apps;
  const third = fields.allowed_third_party_connected_apps;
  return {
    ...fields,
    ...(first && { allowed_first_party_connected_apps: [...first, ...added(true, first)] }),
    ...(third && { allowed_third_party_connected_apps: [...third, ...added(false, third)] }),
  };
}
