import { z } from "zod";
import { authorizeCaller } from "../rbac";
import type { Member, Session } from "../state/records";
import type { State } from "../state/state";
import { StytchApiError } from "../wire/errors";
import { parseFields, text } from "../wire/fields";
import type { Operation } from "../wire/operation";
import { memberBody } from "./members";

type Params = "organization_id" | "member_id";

/** The Member, once the caller has proved that they may take this action on them. */
function memberFor(state: State, params: Record<Params, string>, caller: Session | null, action: string): Member {
  const { organization_id: organizationId, member_id: memberId } = params;
  authorizeCaller(state, caller, { organizationId, resource: "stytch.member", actions: [action], memberId });
  return state.requireMember(organizationId, memberId);
}

function change(state: State, known: Member, fields: Partial<Member>) {
  const member = { ...known, ...fields, updated_at: state.now() };
  state.members.save(member);
  return memberBody(state, member);
}

/** DELETE /v1/b2b/organizations/:organization_id/members/:member_id/external_id. U39: no action is documented for it. */
export const deleteMemberExternalId: Operation<Params> = (state, { params, caller }) =>
  change(state, memberFor(state, params, caller, "*"), { external_id: null });

/** DELETE /v1/b2b/organizations/:organization_id/members/mfa_phone_numbers/:member_id: the only way to change a number. */
export const deleteMfaPhoneNumber: Operation<Params> = (state, { params, caller }) => {
  const known = memberFor(state, params, caller, "update.info.delete.mfa-phone");
  if (known.mfa_phone_number === "") throw new StytchApiError("member_phone_number_not_found");
  const default_mfa_method = known.default_mfa_method === "sms_otp" ? "" : known.default_mfa_method;
  return change(state, known, { mfa_phone_number: "", mfa_phone_number_verified: false, default_mfa_method });
};

/** DELETE /v1/b2b/organizations/:organization_id/members/:member_id/totp. Only a loaded state has a registration. */
export const deleteTotp: Operation<Params> = (state, { params, caller }) => {
  const known = memberFor(state, params, caller, "update.info.delete.mfa-totp");
  if (known.totp_registration_id === "") throw new StytchApiError("totp_not_found");
  const default_mfa_method = known.default_mfa_method === "totp" ? "" : known.default_mfa_method;
  return change(state, known, { totp_registration_id: "", default_mfa_method });
};

const unlinkFields = z.object({ email_id: text.exactOptional(), email_address: text.exactOptional() });

/** POST /v1/b2b/organizations/:organization_id/members/:member_id/unlink_retired_email: others may use it again. */
export const unlinkRetiredEmail: Operation<Params> = (state, { params, body, caller }) => {
  const known = memberFor(state, params, caller, "update.info.email");
  const { email_id, email_address } = parseFields(unlinkFields, body);
  if (email_id === undefined && email_address === undefined) {
    throw new StytchApiError("retired_email_missing_email_identifiers");
  }
  const kept = known.retired_email_addresses.filter(
    (old) => old.email_id !== email_id && old.email_address !== email_address,
  );
  if (kept.length === known.retired_email_addresses.length) throw new StytchApiError("retired_email_not_found");
  const { organization_id } = known;
  return { organization_id, ...change(state, known, { retired_email_addresses: kept }) };
};
