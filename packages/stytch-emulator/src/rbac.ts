import { roleIdsOf } from "./roles";
import type { Member, Permission, Policy, Session } from "./state/records";
import type { State } from "./state/state";
import { StytchApiError } from "./wire/errors";

export interface RequiredPermission {
  /** From the path or body: id, slug or external id. */
  organizationId: string;
  resource: string;
  actions: readonly string[];
  /** The Member acted upon: id or external id. The caller acting on themselves may also use `stytch.self`. */
  memberId?: string;
}

/**
 * Decides a call that carries a session header; without one the project credentials suffice.
 * U30: tenancy, then permission, both before the object is looked up, so that a foreign tenant learns nothing.
 */
export function authorizeCaller(state: State, caller: Session | null, access: RequiredPermission): void {
  if (!caller) return;
  requireTenancy(state, caller, access.organizationId);
  const member = state.requireMember(caller.organization_id, caller.member_id);
  const isSelf = access.memberId !== undefined && [member.member_id, member.external_id].includes(access.memberId);
  const resources = isSelf ? ["stytch.self", access.resource] : [access.resource];
  const allowed = access.actions.every((action) =>
    resources.some((resource) => grantingRoles(state, member, resource, action).length > 0),
  );
  if (!allowed) throw new StytchApiError("session_authorization_error");
}

export function requireTenancy(state: State, caller: Session | null, organizationIdOrAlias: string): void {
  if (!caller) return;
  if (state.organizations.find(organizationIdOrAlias)?.organization_id !== caller.organization_id) {
    throw new StytchApiError("session_authorization_tenancy_error");
  }
}

/** The roles of the Member that permit the action, from the project's policy and the Organization's own. */
export function grantingRoles(state: State, member: Member, resource: string, action: string): string[] {
  const held = new Set(roleIdsOf(member, state.requireOrganization(member.organization_id)));
  return state
    .rolesOf(member.organization_id)
    .filter((role) => held.has(role.role_id) && covers(role.permissions, resource, action))
    .map((role) => role.role_id);
}

/** A Member may grant a custom scope when their roles cover every permission of it. */
export const coversScope = (state: State, member: Member, scope: Policy["scopes"][number]): boolean =>
  scope.permissions.every(({ resource_id, actions }) =>
    actions.every((action) => grantingRoles(state, member, resource_id, action).length > 0),
  );

/** `*` stands for every action of its resource; there is no wildcard resource. */
const covers = (permissions: readonly Permission[], resource: string, action: string): boolean =>
  permissions.some(
    ({ resource_id, actions }) => resource_id === resource && (actions.includes("*") || actions.includes(action)),
  );
