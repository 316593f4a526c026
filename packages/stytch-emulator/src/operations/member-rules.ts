import { DEFAULT_ROLE } from "../roles";
import type { Member } from "../state/records";
import type { State } from "../state/state";
import { StytchApiError } from "../wire/errors";
import { EXTERNAL_ID } from "./organization-rules";

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

const E164 = /^\+[1-9]\d{6,14}$/;
const MFA_METHODS: readonly string[] = ["sms_otp", "totp"];

/** Unique in the Organization, retired addresses included; a deleted Member's are free. */
export function checkEmail(state: State, organizationId: string, email: string, self?: Member): void {
  if (!EMAIL.test(email)) throw new StytchApiError("invalid_email");
  const holder = state.members.findByEmail(organizationId, email);
  if (isSomebodyElse(holder, self)) throw new StytchApiError("duplicate_member_email");
  for (const other of state.members.ofOrganization(organizationId)) {
    if (isSomebodyElse(other, self) && hasRetired(other, email)) throw new StytchApiError("retired_member_email");
  }
}

const hasRetired = (member: Member, email: string): boolean =>
  member.retired_email_addresses.some(({ email_address }) => email_address.toLowerCase() === email.toLowerCase());

/** A Member may have one number, and has it alone in the Organization. It is changed by deleting it first. */
export function checkPhone(state: State, organizationId: string, phone: string, self?: Member): void {
  if (!E164.test(phone)) throw new StytchApiError("invalid_phone_number");
  if (self && self.mfa_phone_number !== "") throw new StytchApiError("duplicate_member_phone_number_for_member");
  for (const other of state.members.ofOrganization(organizationId)) {
    if (isSomebodyElse(other, self) && other.mfa_phone_number === phone) {
      throw new StytchApiError("duplicate_member_phone_number");
    }
  }
}

export function checkMfaMethod(method: string): void {
  if (!MFA_METHODS.includes(method)) throw new StytchApiError("invalid_mfa_default_method");
}

export function checkMemberExternalId(state: State, organizationId: string, externalId: string, self?: Member): void {
  if (!EXTERNAL_ID.test(externalId)) throw new StytchApiError("invalid_argument", "external_id is not valid.");
  const holder = state.members.findByExternalId(organizationId, externalId);
  if (isSomebodyElse(holder, self)) throw new StytchApiError("duplicate_member_external_id");
}

const isSomebodyElse = (holder: Member | undefined, self: Member | undefined): boolean =>
  holder !== undefined && holder.status !== "deleted" && holder.member_id !== self?.member_id;

export function checkRoles(state: State, organizationId: string, roleIds: readonly string[]): void {
  if (roleIds.includes(DEFAULT_ROLE)) throw new StytchApiError("cannot_assign_default_rbac_role_id");
  const known = new Set(state.rolesOf(organizationId).map((role) => role.role_id));
  if (!roleIds.every((id) => known.has(id))) throw new StytchApiError("invalid_rbac_role_assignment");
}
