import type { Member } from "../state/records";

/** What a scope tells about the Member, in the ID token and at userinfo. Unset values are left out. */
export function memberClaims(member: Member, scopes: readonly string[]): Record<string, unknown> {
  return {
    ...(scopes.includes("profile") && member.name && { name: member.name }),
    ...(scopes.includes("email") && { email: member.email_address, email_verified: member.email_address_verified }),
    ...(scopes.includes("phone") &&
      member.mfa_phone_number && {
        phone_number: member.mfa_phone_number,
        phone_number_verified: member.mfa_phone_number_verified,
      }),
  };
}
