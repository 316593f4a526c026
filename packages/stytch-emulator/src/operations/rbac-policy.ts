import { z } from "zod";
import { parseFields, text, texts } from "../body";
import type { Operation } from "../operation";

/** GET /v1/b2b/rbac/policy */
export const getPolicy: Operation = (state) => ({ policy: state.policy });

/** GET /v1/b2b/rbac/organizations/:organization_id: roles beside the project's own; none is normal. */
export const getOrganizationPolicy: Operation<"organization_id"> = (state, { params }) => {
  const { organization_id } = state.requireOrganization(params.organization_id);
  return { org_policy: state.organizationPolicies.get(organization_id) ?? { roles: [] } };
};

const role = z.object({
  role_id: text,
  description: text.default(""),
  permissions: z.array(z.object({ resource_id: text, actions: texts })),
});
const fields = z.object({ org_policy: z.object({ roles: z.array(role) }) });

/** PUT /v1/b2b/rbac/organizations/:organization_id */
export const setOrganizationPolicy: Operation<"organization_id"> = (state, { params, body }) => {
  const organization = state.requireOrganization(params.organization_id);
  const { org_policy } = parseFields(fields, body);
  state.organizationPolicies.set(organization.organization_id, org_policy);
  state.organizations.save({ ...organization, custom_roles: org_policy.roles, updated_at: state.now() });
  return { org_policy };
};
