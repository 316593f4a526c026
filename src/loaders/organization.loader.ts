import DataLoader from "dataloader";
import type { B2BOrganizationsSearchRequest, Organization } from "stytch";
import { isOrganizationAlias, isOrganizationId } from "../stytch/ids";
import { alignByKey } from "./align-by-key";
import { type Page, type PageArguments, readPage } from "./page";
import { isInTenant, orNull, type Reader } from "./reader";

export type OrganizationLoader = DataLoader<string, Organization | null>;

/** Ids per search operand (unconfirmed, U20: no published maximum). */
const MAX_IDS = 100;

/** Operators: one `organizations.search` per 100 ids, one `organizations.get` for a single one. Members: see `ownRecord`. */
export const createOrganizationLoader = (reader: Reader): OrganizationLoader =>
  new DataLoader<string, Organization | null>(
    async (ids) => {
      if (reader.tenant !== null) return ownRecord(reader, ids);
      const [only] = ids;
      if (ids.length === 1 && only !== undefined) return [await getOrganization(reader, only)];
      const { organizations } = await reader.stytch.searchOrganizations({
        limit: ids.length,
        query: { operator: "AND", operands: [{ filter_name: "organization_ids", filter_value: [...ids] }] },
      });
      return alignByKey(ids, organizations, ({ organization_id }) => organization_id);
    },
    { maxBatchSize: MAX_IDS, name: "organization" },
  );

/** A Member sees one Organization. `organizations.get` takes no session, so it comes from `sessions.authenticate`. */
async function ownRecord(reader: Reader, ids: readonly string[]): Promise<(Organization | null)[]> {
  const own = ids.some((id) => isInTenant(reader, id)) ? await reader.self() : null;
  return ids.map((id) => (own && isInTenant(reader, id) ? own.organization : null));
}

/** Resolves an id, slug or external id to the record, before any tenancy check or cache key is made from it. */
export async function findOrganization(
  reader: Reader,
  loader: OrganizationLoader,
  alias: string,
): Promise<Organization | null> {
  if (reader.tenant === alias) return loader.load(alias);
  if (reader.tenant !== null) {
    const organization = (await reader.self())?.organization ?? null;
    const names = [organization?.organization_slug, organization?.organization_external_id];
    return names.includes(alias) ? organization : null;
  }
  if (isOrganizationId(alias)) return loader.load(alias);
  if (!isOrganizationAlias(alias)) return null;
  const organization = await getOrganization(reader, alias);
  if (organization) loader.prime(organization.organization_id, organization);
  return organization;
}

async function getOrganization(reader: Reader, alias: string): Promise<Organization | null> {
  const answer = await orNull("organization", reader.stytch.getOrganization(alias));
  // A slug may be spelt like another Organization's id: an id finds the record with that id or nothing.
  if (answer && isOrganizationId(alias) && answer.organization.organization_id !== alias) return null;
  return answer?.organization ?? null;
}

export interface OrganizationFilter {
  nameContains?: string | null;
  slugs?: readonly string[] | null;
}

/** One `organizations.search`. Operators only; the field's guard sees to that. */
export async function readOrganizationPage(
  reader: Reader,
  loader: OrganizationLoader,
  page: PageArguments,
  filter: OrganizationFilter,
): Promise<Page<Organization>> {
  const operands: NonNullable<B2BOrganizationsSearchRequest["query"]>["operands"] = [];
  if (filter.nameContains) operands.push({ filter_name: "organization_name_fuzzy", filter_value: filter.nameContains });
  if (filter.slugs) operands.push({ filter_name: "organization_slugs", filter_value: [...filter.slugs] });
  const result = await readPage("organizations", page, async ({ limit, cursor }) => {
    const { organizations, results_metadata } = await reader.stytch.searchOrganizations({
      limit,
      ...(cursor && { cursor }),
      ...(operands.length > 0 && { query: { operator: "AND", operands } }),
    });
    return { rows: organizations, next: results_metadata.next_cursor, total: results_metadata.total };
  });
  for (const record of result.records) loader.prime(record.organization_id, record);
  return result;
}
