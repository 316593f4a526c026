import type { Organization } from "stytch";
import { digests } from "../../../ledger/digest";
import type { AuditChange } from "../../../ledger/event";
import type { AppRequestRecord } from "../../../marketplace/app-requests";
import { allowsOf, widened } from "../../../marketplace/policy";
import type { GatewayContext } from "../../context";
import { changesOf } from "../policy/policy.changes";
import { appOfRequest, end } from "./app-request.work";

interface Approved {
  request: AppRequestRecord;
  changes: AuditChange[];
  /** Absent when the app was allowed already. */
  organization?: Organization;
}

/**
 * Widens the policy by one app, then ends the request: two deeds, each with its own event, for one can be done without
 * the other. Nobody else changes the policy through this gateway meanwhile, and it is read afresh, so nothing that was
 * approved a moment ago is lost. If the gateway dies between the two, the request is still open, and approving it again
 * finds the app allowed.
 */
export function approve(
  { caller, loaders, marketplace }: GatewayContext,
  { id, organizationId, connectedAppId }: AppRequestRecord,
  note: string | null,
): Promise<Approved> {
  const decision = { status: "APPROVED", decidedBy: caller.person?.memberId ?? null, note } as const;
  return marketplace.changePolicy(organizationId, async () => {
    const app = await appOfRequest(marketplace, id, connectedAppId);
    const before = await loaders.organizations.readNow(organizationId);
    const fields = widened(before, app);
    if (!fields) return { request: await end(marketplace, id, decision), changes: [] };
    const { organization } = await caller.perform(
      {
        action: "CONNECTED_APP_POLICY_UPDATED",
        organizationId,
        connectedAppId,
        changes: changesOf(before, fields),
        facts: digests(fields),
      },
      (stytch) => stytch.updateOrganization({ organization_id: organizationId, ...fields }, caller.actor),
      (answered) => ({
        changes: changesOf(before, answered.organization, fields),
        detail: { allows: allowsOf(answered.organization) },
      }),
    );
    const changes = changesOf(before, organization, fields);
    return { request: await end(marketplace, id, decision), changes, organization };
  });
}
