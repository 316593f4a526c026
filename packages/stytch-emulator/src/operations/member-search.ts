import { authorizeCaller } from "../rbac";
import { memberView } from "../roles";
import { type Filter, search } from "../search";
import type { Member, Organization } from "../state/records";
import type { State } from "../state/state";
import { StytchApiError } from "../wire/errors";
import { isObject, type JsonObject } from "../wire/json";
import type { Operation } from "../wire/operation";

const STATUSES: ReadonlySet<string> = new Set(["pending", "invited", "active", "deleted"]);

/** POST /v1/b2b/organizations/members/search */
export const searchMembers: Operation = (state, { body, caller }) => {
  const ids = parseOrganizationIds(body.organization_ids);
  for (const organizationId of ids) {
    authorizeCaller(state, caller, { organizationId, resource: "stytch.member", actions: ["search"] });
  }
  const organizations = new Set(
    ids.map((id) => state.organizations.find(id)).filter((organization) => organization !== undefined),
  );
  const showDeleted = asksForDeleted(body.query);
  const page = search(
    {
      prefix: "member_search",
      table: state.members,
      idOf: (member) => member.member_id,
      filters: memberFilters(state, organizations),
      all: () => membersOf(state, organizations),
    },
    body,
    (member) => showDeleted || member.status !== "deleted",
  );
  return {
    members: page.records.map((member) => viewOf(state, member)),
    organizations: Object.fromEntries(
      page.records.map(({ organization_id }) => [organization_id, state.requireOrganization(organization_id)]),
    ),
    results_metadata: page.results_metadata,
  };
};

const viewOf = (state: State, member: Member): Member =>
  memberView(member, state.requireOrganization(member.organization_id));

function parseOrganizationIds(value: unknown): string[] {
  if (value === undefined || value === null) throw new StytchApiError("member_search_missing_organization_id");
  if (!Array.isArray(value) || !value.every((id): id is string => typeof id === "string")) {
    throw new StytchApiError("bad_request", "organization_ids must be an array of strings.");
  }
  if (value.length === 0) throw new StytchApiError("member_search_organization_ids_empty");
  return value;
}

/** In order of creation: one Organization's Members already are. */
function membersOf(state: State, organizations: ReadonlySet<Organization>): Member[] {
  const members = [...organizations].flatMap(({ organization_id }) => [
    ...state.members.ofOrganization(organization_id),
  ]);
  if (organizations.size < 2) return members;
  const sequenceOf = ({ member_id }: Member) => state.members.sequenceOf(member_id);
  return members.sort((left, right) => sequenceOf(left) - sequenceOf(right));
}

/** Deleted Members are left out unless `statuses` names them. */
function asksForDeleted(query: unknown): boolean {
  const operands: unknown = isObject(query) ? query.operands : undefined;
  if (!Array.isArray(operands)) return false;
  const statuses = operands
    .filter((operand) => isObject(operand) && operand.filter_name === "statuses")
    .flatMap((operand: JsonObject) => operand.filter_value)
    .filter((status) => typeof status === "string");
  if (!statuses.every((status) => STATUSES.has(status))) throw new StytchApiError("search_invalid_status_filter");
  return statuses.includes("deleted");
}

const memberFilters = (state: State, organizations: ReadonlySet<Organization>): Record<string, Filter<Member>> => ({
  member_ids: { takes: "strings", find: (ids) => findByIds(state, organizations, ids) },
  member_emails: {
    takes: "strings",
    matches: (member, emails) =>
      [...emails].some((email) => email.toLowerCase() === member.email_address.toLowerCase()),
  },
  member_email_fuzzy: {
    takes: "fuzzy",
    textsOf: (member) => [member.email_address],
    tooShort: "member_search_member_email_fuzzy_too_short",
  },
  member_is_breakglass: { takes: "boolean", matches: (member, wanted) => member.is_breakglass === wanted },
  statuses: {
    takes: "strings",
    matches: (member, statuses) => statuses.has(member.status),
  },
  member_mfa_phone_numbers: {
    takes: "strings",
    matches: (member, numbers) => numbers.has(member.mfa_phone_number),
  },
  member_mfa_phone_number_fuzzy: {
    takes: "fuzzy",
    textsOf: (member) => [member.mfa_phone_number],
    tooShort: "member_search_member_mfa_phone_number_fuzzy_too_short",
  },
  member_password_exists: {
    takes: "boolean",
    matches: (member, wanted) => (member.member_password_id !== "") === wanted,
  },
  member_roles: {
    takes: "strings",
    matches: (member, roles) => viewOf(state, member).roles.some(({ role_id }) => roles.has(role_id)),
  },
});

function findByIds(state: State, organizations: ReadonlySet<Organization>, ids: readonly string[]): Member[] {
  const internal = ids.filter((id) => id.startsWith("member-"));
  if (internal.length > 0 && internal.length < ids.length) {
    throw new StytchApiError("member_search_cannot_mix_internal_and_external_member_ids");
  }
  const ownerIds = new Set([...organizations].map(({ organization_id }) => organization_id));
  const found =
    internal.length > 0
      ? ids.map((id) => state.members.get(id))
      : [...ownerIds].flatMap((organizationId) => ids.map((id) => state.members.find(organizationId, id)));
  return found.filter((member) => member !== undefined).filter((member) => ownerIds.has(member.organization_id));
}
