import type { Organization } from "stytch";
import { Arg, Authorized, Ctx, Mutation, Resolver } from "type-graphql";
import { UPDATE_CONNECTED_APP_POLICY } from "../../../caller/rules";
import { noSuch, refused } from "../../../failure";
import { digests } from "../../../ledger/digest";
import type { AuditChange } from "../../../ledger/event";
import type { GatewayContext } from "../../context";
import { Cost } from "../../cost/prices";
import { toOrganization } from "../../graph/organization.type";
import { answer } from "../answer";
import { Audited } from "../audited";
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
    @Arg("input", () => UpdateConnectedAppPolicyInput) input: UpdateConnectedAppPolicyInput,
    @Ctx() context: GatewayContext,
  ) {
    return answer<UpdateConnectedAppPolicyPayload>(async () => {
      const { caller, loaders } = context;
      const fields = toPolicyFields(input);
      const organizationId = await loaders.organizations.idOf(input.organizationId);
      // No documented action guards these fields, so Stytch is asked about one before it is told to write.
      await caller.requireByStytch(UPDATE_CONNECTED_APP_POLICY);
      const before = await readPolicy(context, organizationId);
      const { organization } = await caller.perform(
        {
          action: "CONNECTED_APP_POLICY_UPDATED",
          organizationId,
          changes: changesOf(before, fields),
          facts: digests(fields),
        },
        () => caller.stytch.updateOrganization({ organization_id: organizationId, ...fields }, caller.actor),
        (answered) => ({ changes: changesOf(before, answered.organization, fields) }),
      );
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

type Policy = Pick<Organization, keyof PolicyFields>;

/** The rules that are named in `named`, before and after. */
function changesOf(before: Policy, after: PolicyFields, named: PolicyFields = after): AuditChange[] {
  const show = (value: unknown) => (value === undefined || value === null ? null : [value].flat().join(" "));
  return FIELDS.filter((field) => field in named).map((field) => ({
    field,
    before: show(before[field]),
    after: show(after[field]),
  }));
}

const FIELDS = [
  "first_party_connected_apps_allowed_type",
  "allowed_first_party_connected_apps",
  "third_party_connected_apps_allowed_type",
  "allowed_third_party_connected_apps",
] as const;
