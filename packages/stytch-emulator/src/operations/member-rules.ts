import { StytchApiError } from "../errors";
import type { Member } from "../records";
import type { State } from "../state";
import { EXTERNAL_ID } from "./organization-rules";

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

/** Unique in the Organization; a deleted Member's address is free. */
export function checkEmail(state: State, organizationId: string, email: string, self?: Member): void {
  if (!EMAIL.test(email)) throw new StytchApiError("invalid_email");
  const holder = state.members.findByEmail(organizationId, email);
  if (isSomebodyElse(holder, self)) throw new StytchApiError("duplicate_member_email");
}

export function checkMemberExternalId(state: State, organizationId: string, externalId: string, self?: Member): void {
  if (!EXTERNAL_ID.test(externalId)) throw new StytchApiError("invalid_argument", "external_id is not valid.");
  const holder = state.members.findByExternalId(organizationId, externalId);
  if (isSomebodyElse(holder, self)) throw new StytchApiError("duplicate_member_external_id");
}

const isSomebodyElse = (holder: Member | undefined, self: Member | undefined): boolean =>
  holder !== undefined && holder.status !== "deleted" && holder.member_id !== self?.member_id;

export function checkRoles(state: State, organizationId: string, roleIds: readonly string[]): void {
  if (roleIds.includes("stytch_member")) throw new StytchApiError("cannot_assign_default_rbac_role_id");
  const known = new Set(state.rolesOf(organizationId).map((role) => role.role_id));
  if (!roleIds.every((id) => known.has(id))) throw new StytchApiError("invalid_rbac_role_assignment");
}
