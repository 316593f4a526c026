import { StytchApiError } from "../errors";
import type { Operation } from "../operation";
import type { Member } from "../records";
import type { State } from "../state";

/** What every call about one Member answers. */
export const memberBody = (state: State, member: Member) => ({
  member_id: member.member_id,
  member,
  organization: state.requireOrganization(member.organization_id),
});

/** GET /v1/b2b/organizations/:organization_id/member?member_id= or ?email_address= */
export const getMember: Operation<"organization_id"> = (state, { params, query }) => {
  const organization = state.requireOrganization(params.organization_id);
  const memberId = query.get("member_id");
  const emailAddress = query.get("email_address");
  if (memberId === null && emailAddress === null) {
    throw new StytchApiError("bad_request", "member_id or email_address is required.");
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
