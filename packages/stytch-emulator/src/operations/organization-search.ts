import { type Filter, search } from "../search";
import type { Organization } from "../state/records";
import type { State } from "../state/state";
import type { Operation } from "../wire/operation";

/** POST /v1/b2b/organizations/search */
export const searchOrganizations: Operation = (state, { body }) => {
  const page = search(
    {
      prefix: "organization_search",
      table: state.organizations,
      idOf: (organization) => organization.organization_id,
      filters: organizationFilters(state),
      all: () => state.organizations.values(),
    },
    body,
  );
  return { organizations: page.records, results_metadata: page.results_metadata };
};

const known = (organizations: readonly (Organization | undefined)[]): Organization[] =>
  organizations.filter((organization) => organization !== undefined);

const organizationFilters = (state: State): Record<string, Filter<Organization>> => ({
  organization_ids: { takes: "strings", find: (ids) => known(ids.map((id) => state.organizations.find(id))) },
  organization_slugs: {
    takes: "strings",
    find: (slugs) => known(slugs.map((slug) => state.organizations.findBySlug(slug))),
  },
  organization_slug_fuzzy: {
    takes: "fuzzy",
    textsOf: (organization) => [organization.organization_slug],
    tooShort: "organization_search_organization_slug_fuzzy_too_short",
  },
  organization_name_fuzzy: {
    takes: "fuzzy",
    textsOf: (organization) => [organization.organization_name],
    tooShort: "organization_search_organization_name_fuzzy_too_short",
  },
  member_emails: {
    takes: "strings",
    matches: (organization, emails) =>
      [...emails].some((email) => state.members.findByEmail(organization.organization_id, email) !== undefined),
  },
  member_email_fuzzy: {
    takes: "fuzzy",
    textsOf: ({ organization_id }) =>
      [...state.members.ofOrganization(organization_id)].map((member) => member.email_address),
    tooShort: "organization_search_member_email_fuzzy_too_short",
  },
  allowed_domains: {
    takes: "strings",
    matches: (organization, domains) => organization.email_allowed_domains.some((domain) => domains.has(domain)),
  },
  allowed_domain_fuzzy: {
    takes: "fuzzy",
    textsOf: (organization) => organization.email_allowed_domains,
    tooShort: "organization_search_allowed_domain_fuzzy_too_short",
  },
  claimed_email_domains: {
    takes: "strings",
    matches: (organization, domains) => organization.claimed_email_domains.some((domain) => domains.has(domain)),
  },
  has_active_sso_connection: {
    takes: "boolean",
    matches: (organization, wanted) => organization.sso_active_connections.length > 0 === wanted,
  },
  sso_connection_id: {
    takes: "string",
    matches: (organization, id) =>
      organization.sso_active_connections.some(({ connection_id }) => connection_id === id),
  },
});
