import { ADMIN_ROLE, directRoles } from "./defaults";
import type { Member, MemberRole, Organization } from "./state/records";

/** U43: held by every Member without being given. Stytch's own interfaces show it in `roles` and filter it out again. */
export const DEFAULT_ROLE = "stytch_member";

const domainOf = (email: string): string => email.slice(email.lastIndexOf("@") + 1).toLowerCase();

/** The default role, those assigned, and those that the Organization gives to the Member's email domain. */
function rolesOf(member: Member, organization: Organization): MemberRole[] {
  const roles = new Map([...directRoles([DEFAULT_ROLE]), ...member.roles].map((role) => [role.role_id, role]));
  const domain = domainOf(member.email_address);
  for (const implicit of organization.rbac_email_implicit_role_assignments) {
    if (implicit.domain.toLowerCase() !== domain) continue;
    const source = { type: "email_assignment", details: { email_domain: implicit.domain } };
    const sources = roles.get(implicit.role_id)?.sources ?? [];
    roles.set(implicit.role_id, { role_id: implicit.role_id, sources: [...sources, source] });
  }
  return [...roles.values()];
}

export const roleIdsOf = (member: Member, organization: Organization): string[] =>
  rolesOf(member, organization).map((role) => role.role_id);

/** The Member as answers show it: the record keeps assigned roles only. */
export function memberView(member: Member, organization: Organization): Member {
  const roles = rolesOf(member, organization);
  return { ...member, roles, is_admin: roles.some((role) => role.role_id === ADMIN_ROLE) };
}
