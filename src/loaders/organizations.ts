import DataLoader from "dataloader";
import type { B2BOrganizationsSearchRequest, Organization } from "stytch";
import type { Caller } from "../caller/caller";
import type { Rule } from "../caller/rules";
import { noSuch, notFound, problem, refused } from "../failure";
import { type CurrentOrganization, type DirectoryOrganization, isCurrent } from "../stytch/directory";
import { isOrganizationAlias, isOrganizationId } from "../stytch/ids";
import { alignByKey, MAX_IDS, orNull, settle } from "./align";
import { listUnder, type Page, type PageArguments, readPage } from "./page";

export interface OrganizationFilter {
  nameContains?: string | null;
  slugs?: readonly string[] | null;
}

export type Organizations = ReturnType<typeof createOrganizations>;

/**
 * Organizations of one request. Operators: one `organizations.search` per 100 ids, one `organizations.get` for a single
 * one. A Member sees one Organization; `organizations.get` takes no session, so it comes from `sessions.authenticate`.
 */
export function createOrganizations(caller: Caller) {
  const records = new DataLoader<string, DirectoryOrganization | null>(
    async (ids) => {
      if (ids.length === 1 || caller.tenant !== null) return settle(ids.map((id) => current.load(id)));
      caller.require("read");
      const { organizations } = await caller.stytch.findOrganizations(byIds(ids));
      for (const record of organizations) prime(record);
      return alignByKey(ids, organizations, ({ organization_id }) => organization_id);
    },
    { maxBatchSize: MAX_IDS, name: "organization" },
  );

  /** Never from memory. */
  const current: DataLoader<string, CurrentOrganization | null> = new DataLoader(
    async (ids) => {
      caller.require("read");
      if (caller.tenant !== null) return ownRecord(ids);
      const [only] = ids;
      if (ids.length === 1 && only !== undefined) return [await get(only)];
      const { organizations } = await caller.stytch.searchOrganizations(byIds(ids));
      return alignByKey(ids, organizations, ({ organization_id }) => organization_id);
    },
    { maxBatchSize: MAX_IDS, name: "currentOrganization" },
  );

  function prime(record: DirectoryOrganization): void {
    records.prime(record.organization_id, record);
    if (isCurrent(record)) current.prime(record.organization_id, record);
  }

  async function ownRecord(ids: readonly string[]): Promise<(Organization | null)[]> {
    const own = ids.some((id) => caller.sees(id)) ? await caller.self() : null;
    return ids.map((id) => (own && caller.sees(id) ? own.organization : null));
  }

  async function get(alias: string): Promise<Organization | null> {
    const answer = await orNull("organization", caller.stytch.getOrganization(alias));
    // A slug may be spelt like another Organization's id: an id finds the record with that id or nothing.
    if (answer && isOrganizationId(alias) && answer.organization.organization_id !== alias) return null;
    return answer?.organization ?? null;
  }

  /** By slug or external id; a Member's own answers to its names alone. What may be known of it is the caller's to ask. */
  async function named(alias: string): Promise<Organization | null> {
    if (caller.tenant !== null) {
      const organization = (await caller.self())?.organization ?? null;
      const names = [organization?.organization_slug, organization?.organization_external_id];
      return names.includes(alias) ? organization : null;
    }
    if (!isOrganizationAlias(alias)) return null;
    const organization = await get(alias);
    // What is primed is read without asking again.
    if (organization && caller.may("read")) prime(organization);
    return organization;
  }

  return {
    byId: (id: string): Promise<DirectoryOrganization | null> => records.load(id),

    /** With its policy as it is now. Costs nothing where `byId` or a page did not come from memory. */
    current: (id: string): Promise<CurrentOrganization | null> => current.load(id),

    /** As it is now, for a change that depends on it: one call, shared with nobody. Not cached. */
    async readNow(id: string): Promise<Organization> {
      if (!caller.sees(id)) throw notFound("Organization");
      return caller.stytch.getOrganizationNow(id, caller.actor);
    },

    /** A record that came along with another answer. */
    prime,

    /** By id, slug or external id. Resolved before any tenancy check or cache key is made from it. */
    async find(alias: string): Promise<DirectoryOrganization | null> {
      caller.require("read");
      if (caller.tenant === alias || (caller.tenant === null && isOrganizationId(alias))) return records.load(alias);
      return named(alias);
    },

    /**
     * The one door to which Organization an argument means: a Member's own when it is left out; operators must name one.
     * An operator's id needs no look-up: Stytch says so if it is unknown. `rule` is what a name is looked up for: a
     * mutation that lets somebody in takes the names that it promises. @throws Failure with the field to mend
     */
    async idOf(alias: string | null | undefined, rule: Rule = "read"): Promise<string> {
      const wanted = alias ?? caller.tenant;
      if (wanted === null) {
        throw refused([problem("INVALID", ["organizationId"], "organizationId must be given by operators.")]);
      }
      if (isOrganizationId(wanted)) {
        if (caller.sees(wanted)) return wanted;
      } else {
        caller.require(rule);
        const organization = await named(wanted);
        if (organization) return organization.organization_id;
      }
      throw refused([noSuch("organization", "organizationId")]);
    },

    /** One `organizations.search`. Operators only; the field's guard sees to that. */
    async page(page: PageArguments, filter: OrganizationFilter): Promise<Page<DirectoryOrganization>> {
      const operands = operandsOf(filter);
      const result = await readPage(listUnder("organizations", filter), page, async ({ limit, cursor }) => {
        const { organizations, results_metadata } = await caller.stytch.findOrganizations({
          limit,
          ...(cursor && { cursor }),
          ...(operands.length > 0 && { query: { operator: "AND", operands } }),
        });
        return { rows: organizations, next: results_metadata.next_cursor, total: results_metadata.total };
      });
      for (const record of result.records) prime(record);
      return result;
    },
  };
}

const byIds = (ids: readonly string[]): B2BOrganizationsSearchRequest => ({
  limit: ids.length,
  query: { operator: "AND", operands: [{ filter_name: "organization_ids", filter_value: [...ids] }] },
});

type Operands = NonNullable<B2BOrganizationsSearchRequest["query"]>["operands"];

function operandsOf({ nameContains, slugs }: OrganizationFilter): Operands {
  const operands: Operands = [];
  if (nameContains) operands.push({ filter_name: "organization_name_fuzzy", filter_value: nameContains });
  if (slugs) operands.push({ filter_name: "organization_slugs", filter_value: [...slugs] });
  return operands;
}
