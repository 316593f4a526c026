import DataLoader from "dataloader";
import type { B2BOrganizationsMembersSearchRequest } from "stytch";
import type { Caller } from "../caller/caller";
import { SEARCH_MEMBERS } from "../caller/rules";
import type { DirectoryMember } from "../stytch/directory";
import { groupBy, MAX_IDS, searchesFor, settle } from "./align";
import type { Organizations } from "./organizations";
import {
  callsForPage,
  firstPage,
  listUnder,
  MAX_UPSTREAM_LIMIT,
  type Page,
  type PageArguments,
  readPage,
} from "./page";

export interface MemberFilter {
  emailContains?: string | null;
  statuses?: readonly string[] | null;
  roles?: readonly string[] | null;
}

export interface MemberPageKey extends PageArguments {
  organizationId: string;
  filter: MemberFilter;
}

/** Calls for pages of so many Organizations: one search for all first pages, and each for itself if they do not fit it. */
export const callsForMemberPages = (organizations: number, page: { after?: unknown }): number =>
  organizations * callsForPage(page) + searchesFor(organizations);

/**
 * First pages of several Organizations with the same filter cost one `members.search` of 1000 rows while they all fit
 * in it. If they do not, and for later pages, each costs its own. The answers carry the Organizations' records
 * too, unless they are remembered ones.
 */
export function createMemberPages(
  caller: Caller,
  organizations: Organizations,
  prime: (member: DirectoryMember) => void,
): DataLoader<MemberPageKey, Page<DirectoryMember>, string> {
  async function search(organizationIds: string[], filter: MemberFilter, page: { limit: number; cursor?: string }) {
    const operands = operandsOf(filter);
    const answer = await caller.stytch.findMembers(
      {
        organization_ids: organizationIds,
        ...page,
        ...(operands.length > 0 && { query: { operator: "AND", operands } }),
      },
      caller.actor,
      () => caller.requireByStytch(SEARCH_MEMBERS),
    );
    for (const record of Object.values(answer.organizations)) organizations.prime(record);
    for (const member of answer.members) prime(member);
    return { rows: answer.members, next: answer.results_metadata.next_cursor, total: answer.results_metadata.total };
  }

  const readAlone = ({ organizationId, filter, first, after }: MemberPageKey) =>
    readPage(connectionOf(organizationId, filter), { first, after }, (page) => search([organizationId], filter, page));

  /** `null` when not everything fits one answer. */
  async function readTogether(keys: readonly MemberPageKey[], filter: MemberFilter) {
    const organizationIds = [...new Set(keys.map(({ organizationId }) => organizationId))];
    const { rows, next } = await search(organizationIds, filter, { limit: MAX_UPSTREAM_LIMIT });
    if (next) return null;
    const rowsOf = groupBy(rows, ({ organization_id }) => organization_id);
    return (key: MemberPageKey) =>
      firstPage(connectionOf(key.organizationId, filter), rowsOf.get(key.organizationId) ?? [], key.first);
  }

  /** All keys of a group have the same filter and no cursor. */
  async function readGroup(
    keys: readonly MemberPageKey[],
  ): Promise<(key: MemberPageKey) => Promise<Page<DirectoryMember>>> {
    const [first, second] = keys;
    const together = first && second ? await readTogether(keys, first.filter) : null;
    return async (key) => together?.(key) ?? readAlone(key);
  }

  return new DataLoader<MemberPageKey, Page<DirectoryMember>, string>(
    async (keys) => {
      caller.require("read");
      const firstPages = groupBy(
        keys.filter(({ after }) => after === null),
        ({ filter }) => JSON.stringify(filter),
      );
      const readers = new Map([...firstPages].map(([filter, group]) => [filter, readGroup(group)]));
      return settle(
        keys.map(async (key) => {
          const read = key.after === null ? await readers.get(JSON.stringify(key.filter)) : undefined;
          return read ? read(key) : readAlone(key);
        }),
      );
    },
    { maxBatchSize: MAX_IDS, cacheKeyFn: (key) => JSON.stringify(key), name: "memberPage" },
  );
}

const connectionOf = (organizationId: string, filter: MemberFilter) => listUnder(`members:${organizationId}`, filter);

type Operands = NonNullable<B2BOrganizationsMembersSearchRequest["query"]>["operands"];

function operandsOf({ emailContains, statuses, roles }: MemberFilter): Operands {
  const operands: Operands = [];
  if (emailContains) operands.push({ filter_name: "member_email_fuzzy", filter_value: emailContains });
  if (statuses) operands.push({ filter_name: "statuses", filter_value: [...statuses] });
  if (roles) operands.push({ filter_name: "member_roles", filter_value: [...roles] });
  return operands;
}
