import { z } from "zod";
import { ADMIN_ROLE, directRoles, newMember } from "../defaults";
import { newId } from "../ids";
import { authorizeCaller, requireTenancy } from "../rbac";
import { memberView } from "../roles";
import type { Member } from "../state/records";
import type { State } from "../state/state";
import { StytchApiError } from "../wire/errors";
import { flag, metadata, parseFields, text, texts } from "../wire/fields";
import type { Operation } from "../wire/operation";
import { endAccess } from "./end-access";
import { checkEmail, checkMemberExternalId, checkMfaMethod, checkPhone, checkRoles } from "./member-rules";
import { mergeMetadata } from "./merge-metadata";
import { memberUpdateActions } from "./update-actions";

/** What every call about one Member answers. */
export const memberBody = (state: State, member: Member) => {
  const organization = state.requireOrganization(member.organization_id);
  return { member_id: member.member_id, member: memberView(member, organization), organization };
};

/** GET /v1/b2b/organizations/:organization_id/member?member_id= or ?email_address= */
export const getMember: Operation<"organization_id"> = (state, { params, query }) => {
  const organization = state.requireOrganization(params.organization_id);
  const memberId = query.get("member_id");
  const emailAddress = query.get("email_address");
  if (memberId === null && emailAddress === null) {
    throw new StytchApiError("invalid_member_get_fields");
  }
  const member =
    memberId === null
      ? state.members.findByEmail(organization.organization_id, emailAddress ?? "")
      : state.members.find(organization.organization_id, memberId);
  if (!member || member.status === "deleted") throw new StytchApiError("member_not_found");
  return memberBody(state, member);
};

/** GET /v1/b2b/organizations/members/dangerously_get/:member_id: any tenant's, by id only. */
export const dangerouslyGetMember: Operation<"member_id"> = (state, { params, query }) => {
  const member = state.members.get(params.member_id);
  const visible = member && (member.status !== "deleted" || query.get("include_deleted") === "true");
  if (!visible) throw new StytchApiError("member_not_found");
  return memberBody(state, member);
};

const fields = {
  name: text.exactOptional(),
  external_id: text.exactOptional(),
  trusted_metadata: metadata.exactOptional(),
  untrusted_metadata: metadata.exactOptional(),
  roles: texts.exactOptional(),
  is_breakglass: flag.exactOptional(),
  mfa_enrolled: flag.exactOptional(),
  mfa_phone_number: text.exactOptional(),
};
const createFields = z.object({ ...fields, email_address: text, create_member_as_pending: flag.exactOptional() });
const updateFields = z.object({
  ...fields,
  email_address: text.exactOptional(),
  default_mfa_method: text.exactOptional(),
  preserve_existing_sessions: flag.exactOptional(),
  unlink_email: flag.exactOptional(),
});

/** POST /v1/b2b/organizations/:organization_id/members */
export const createMember: Operation<"organization_id"> = (state, { params, body, caller }) => {
  authorizeCaller(state, caller, {
    organizationId: params.organization_id,
    resource: "stytch.member",
    actions: ["create"],
  });
  const { organization_id } = state.requireOrganization(params.organization_id);
  const { create_member_as_pending, roles = [], ...given } = parseFields(createFields, body);
  checkEmail(state, organization_id, given.email_address);
  if (given.external_id !== undefined) checkMemberExternalId(state, organization_id, given.external_id);
  if (given.mfa_phone_number !== undefined) checkPhone(state, organization_id, given.mfa_phone_number);
  checkRoles(state, organization_id, roles);
  const member = newMember(
    {
      ...given,
      organization_id,
      member_id: newId("member"),
      status: create_member_as_pending ? "pending" : "active",
      roles: directRoles(roles),
    },
    state.now(),
  );
  state.members.save(member);
  return memberBody(state, member);
};

/** PUT /v1/b2b/organizations/:organization_id/members/:member_id */
export const updateMember: Operation<"organization_id" | "member_id"> = (state, { params, body, caller }) => {
  const access = { organizationId: params.organization_id, resource: "stytch.member" };
  if (caller) {
    requireTenancy(state, caller, params.organization_id);
    const { onSelf, onMember } = memberUpdateActions(body);
    authorizeCaller(state, caller, { ...access, actions: onSelf, memberId: params.member_id });
    authorizeCaller(state, caller, { ...access, actions: onMember });
  }
  const known = state.requireMember(params.organization_id, params.member_id);
  const { trusted_metadata, untrusted_metadata, roles, unlink_email, preserve_existing_sessions, ...given } =
    parseFields(updateFields, body);
  const { organization_id } = known;
  if (given.email_address !== undefined && caller?.member_id === known.member_id) {
    throw new StytchApiError("member_cannot_update_their_email_address");
  }
  if (given.email_address !== undefined) checkEmail(state, organization_id, given.email_address, known);
  if (given.mfa_phone_number !== undefined) checkPhone(state, organization_id, given.mfa_phone_number, known);
  if (given.default_mfa_method !== undefined) checkMfaMethod(given.default_mfa_method);
  if (given.external_id !== undefined) checkMemberExternalId(state, organization_id, given.external_id, known);
  if (roles) checkRoles(state, organization_id, roles);
  const member: Member = {
    ...known,
    ...given,
    ...(roles && { roles: directRoles(roles), is_admin: roles.includes(ADMIN_ROLE) }),
    ...(given.email_address !== undefined && movedTo(known, given.email_address, unlink_email === true)),
    trusted_metadata: mergeMetadata(known.trusted_metadata, trusted_metadata),
    untrusted_metadata: mergeMetadata(known.untrusted_metadata, untrusted_metadata),
    updated_at: state.now(),
  };
  state.members.save(member);
  return memberBody(state, member);
};

/** The new address is unverified; the old one is retired unless it is unlinked. One that is taken back is no longer retired. */
function movedTo(known: Member, emailAddress: string, unlink: boolean): Partial<Member> {
  if (emailAddress === known.email_address) return {};
  const retired = { email_id: newId("email"), email_address: known.email_address };
  const others = known.retired_email_addresses.filter((old) => old.email_address !== emailAddress);
  return { email_address_verified: false, retired_email_addresses: [...others, ...(unlink ? [] : [retired])] };
}

/** DELETE /v1/b2b/organizations/:organization_id/members/:member_id: the record stays, without access. */
export const deleteMember: Operation<"organization_id" | "member_id"> = (state, { params, caller }) => {
  authorizeCaller(state, caller, {
    organizationId: params.organization_id,
    resource: "stytch.member",
    actions: ["delete"],
    memberId: params.member_id,
  });
  const member = state.requireMember(params.organization_id, params.member_id);
  endAccess(state, member.member_id);
  state.members.save({ ...member, status: "deleted", updated_at: state.now() });
  return { member_id: member.member_id };
};

/** PUT /v1/b2b/organizations/:organization_id/members/:member_id/reactivate: takes no external id. */
export const reactivateMember: Operation<"organization_id" | "member_id"> = (state, { params, caller }) => {
  authorizeCaller(state, caller, {
    organizationId: params.organization_id,
    resource: "stytch.member",
    actions: ["create"],
  });
  const known = state.requireMemberOrDeleted(params.organization_id, params.member_id);
  if (known.member_id !== params.member_id) throw new StytchApiError("member_not_found");
  if (known.status !== "deleted") throw new StytchApiError("no_deleted_member_found_for_reactivation");
  if (!known.email_address_verified) throw new StytchApiError("email_unverified_for_reactivation");
  checkEmail(state, known.organization_id, known.email_address, known);
  const member: Member = { ...known, status: "active", updated_at: state.now() };
  state.members.save(member);
  return memberBody(state, member);
};
