import type { ConnectedApp, ConnectedAppRule, Organization } from "./state/records";
import type { State } from "./state/state";

/** Whether an Organization's Connected App policy lets its Members use an app. */
export function isAllowedBy(organization: Organization, client: ConnectedApp): boolean {
  const firstParty = client.client_type.startsWith("first_party");
  const mode: ConnectedAppRule = firstParty
    ? organization.first_party_connected_apps_allowed_type
    : organization.third_party_connected_apps_allowed_type;
  const allowed = firstParty
    ? organization.allowed_first_party_connected_apps
    : organization.allowed_third_party_connected_apps;
  return mode === "ALL_ALLOWED" || (mode === "RESTRICTED" && allowed.includes(client.client_id));
}

/** U17: a narrower policy ends the consents and tokens of the apps it excludes, for good. */
export function revokeExcludedApps(state: State, organization: Organization): void {
  for (const clientId of state.grants.clientIdsOf(organization.organization_id)) {
    const client = state.clients.get(clientId);
    if (client && isAllowedBy(organization, client)) continue;
    for (const grant of state.grants.ofOrganizationAndClient(organization.organization_id, clientId)) {
      state.revokeGrant(grant.member_id, clientId);
    }
  }
}
