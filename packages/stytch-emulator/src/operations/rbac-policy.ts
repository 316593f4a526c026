import { z } from "zod";
import type { Permission, Policy, Role } from "../state/records";
import { StytchApiError } from "../wire/errors";
import { parseFields, text, texts } from "../wire/fields";
import type { Operation } from "../wire/operation";

/** GET /v1/b2b/rbac/policy */
export const getPolicy: Operation = (state) => ({ policy: state.policy });

/** GET /v1/b2b/rbac/organizations/:organization_id: roles beside the project's own; none is normal. */
export const getOrganizationPolicy: Operation<"organization_id"> = (state, { params }) => {
  const { organization_id } = state.requireOrganization(params.organization_id);
  return { org_policy: state.organizationPolicies.get(organization_id) ?? { roles: [] } };
};

const role = z.object({
  role_id: text,
  description: text,
  permissions: z.array(z.object({ resource_id: text, actions: texts })),
});
const fields = z.object({ org_policy: z.object({ roles: z.array(role) }) });

/** PUT /v1/b2b/rbac/organizations/:organization_id */
export const setOrganizationPolicy: Operation<"organization_id"> = (state, { params, body }) => {
  const organization = state.requireOrganization(params.organization_id);
  const { org_policy } = parseFields(fields, body);
  checkOwnRoles(state.policy, org_policy.roles);
  state.organizationPolicies.set(organization.organization_id, org_policy);
  state.organizations.save({ ...organization, custom_roles: org_policy.roles, updated_at: state.now() });
  return { org_policy };
};

/** U40: an Organization adds roles of its own. It changes none of the project's, for those decide who is an admin. */
function checkOwnRoles(policy: Policy, roles: readonly Role[]): void {
  const seen = new Set<string>();
  for (const { role_id, permissions } of roles) {
    if (role_id === "") throw new StytchApiError("empty_rbac_role_id");
    if (role_id.startsWith("stytch_")) throw new StytchApiError("invalid_rbac_stytch_role_edit");
    if (policy.roles.some((known) => known.role_id === role_id)) throw new StytchApiError("rbac_org_custom_roles_only");
    if (seen.has(role_id)) throw new StytchApiError("rbac_role_duplicate");
    seen.add(role_id);
    if (permissions.length === 0) throw new StytchApiError("rbac_role_missing_permissions");
    for (const permission of permissions) checkPermission(policy, permission);
  }
}

function checkPermission(policy: Policy, { resource_id, actions }: Permission): void {
  if (resource_id === "") throw new StytchApiError("empty_rbac_resource_id");
  if (actions.length === 0) throw new StytchApiError("rbac_permission_missing_actions");
  const resource = policy.resources.find((known) => known.resource_id === resource_id);
  const isKnown = (action: string) => action === "*" || resource?.actions.includes(action) === true;
  if (!resource || !actions.every(isKnown)) throw new StytchApiError("invalid_rbac_custom_role");
}
