import type { Operation } from "../operation";

/** GET /v1/b2b/organizations/:organization_id */
export const getOrganization: Operation<"organization_id"> = (state, { params }) => ({
  organization: state.requireOrganization(params.organization_id),
});

/** GET /v1/b2b/organizations/:organization_id/metrics */
export const getOrganizationMetrics: Operation<"organization_id"> = (state, { params }) => {
  const { organization_id } = state.requireOrganization(params.organization_id);
  const members = [...state.members.ofOrganization(organization_id)];
  return { member_count: members.filter((member) => member.status !== "deleted").length };
};
