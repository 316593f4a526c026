import { authorizeCaller, requireTenancy } from "../rbac";
import type { ConnectedApp } from "../state/records";
import { StytchApiError } from "../wire/errors";
import type { Operation } from "../wire/operation";

/** How the lists name an app's fields. An unset logo is `null`. */
const listing = (client: ConnectedApp) => ({
  connected_app_id: client.client_id,
  name: client.client_name,
  description: client.client_description,
  client_type: client.client_type,
  logo_url: client.logo_url || null,
});

/** GET /v1/b2b/organizations/:organization_id/connected_apps. U30: any Member of the Organization may read it. */
export const listOrganizationConnectedApps: Operation<"organization_id"> = (state, { params, caller }) => {
  requireTenancy(state, caller, params.organization_id);
  const { organization_id } = state.requireOrganization(params.organization_id);
  const clients = state.grants.clientIdsOf(organization_id).map((id) => state.requireClient(id));
  const sequenceOf = ({ client_id }: ConnectedApp) => state.clients.sequenceOf(client_id);
  return { connected_apps: clients.sort((left, right) => sequenceOf(left) - sequenceOf(right)).map(listing) };
};

/** GET /v1/b2b/organizations/:organization_id/connected_apps/:connected_app_id: flat, not under a key. */
export const getOrganizationConnectedApp: Operation<"organization_id" | "connected_app_id"> = (
  state,
  { params, caller },
) => {
  requireTenancy(state, caller, params.organization_id);
  const { organization_id } = state.requireOrganization(params.organization_id);
  const client = state.requireClient(params.connected_app_id);
  const grants = state.grants.ofOrganizationAndClient(organization_id, client.client_id);
  // U16: an app that nobody here authorized is not found.
  if (grants.length === 0) throw new StytchApiError("connected_app_not_found");
  return {
    ...listing(client),
    active_members: grants.map(({ member_id, scopes }) => ({ member_id, granted_scopes: scopes })),
  };
};

/** GET /v1/b2b/organizations/:organization_id/members/:member_id/connected_apps */
export const listMemberConnectedApps: Operation<"organization_id" | "member_id"> = (state, { params, caller }) => {
  authorizeCaller(state, caller, {
    organizationId: params.organization_id,
    resource: "stytch.member",
    actions: ["get.connected-apps"],
    memberId: params.member_id,
  });
  const member = state.requireMember(params.organization_id, params.member_id);
  const grants = [...state.grants.ofMember(member.member_id)];
  return {
    connected_apps: grants.map(({ client_id, scopes }) => ({
      ...listing(state.requireClient(client_id)),
      scopes_granted: scopes.join(" "),
    })),
  };
};

/** POST /v1/b2b/organizations/:organization_id/members/:member_id/connected_apps/:connected_app_id/revoke */
export const revokeConnectedApp: Operation<"organization_id" | "member_id" | "connected_app_id"> = (
  state,
  { params, caller },
) => {
  authorizeCaller(state, caller, {
    organizationId: params.organization_id,
    resource: "stytch.member",
    actions: ["revoke.connected-app"],
    memberId: params.member_id,
  });
  const member = state.requireMember(params.organization_id, params.member_id);
  const client = state.requireClient(params.connected_app_id);
  // U19: without a grant, and so a second time, it is not found.
  if (!state.grants.get(member.member_id, client.client_id)) throw new StytchApiError("connected_app_not_found");
  state.revokeGrant(member.member_id, client.client_id);
  return {};
};
