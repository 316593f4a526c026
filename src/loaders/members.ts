import DataLoader from "dataloader";
import type { Caller } from "../caller/caller";
import { SEARCH_MEMBERS } from "../caller/rules";
import { Failure } from "../failure";
import type { DirectoryMember } from "../stytch/directory";
import { isMemberId } from "../stytch/ids";
import { MAX_IDS, orNull, settle } from "./align";
import { createMemberPages, type MemberPageKey } from "./member-pages";
import type { Organizations } from "./organizations";
import type { Page } from "./page";

/** Where a Member is looked for. `organizationId` is unknown only when an operator has nothing but the Member's id. */
export interface MemberKey {
  memberId: string;
  organizationId: string | null;
}

/** Search leaves deleted Members out unless asked; a Member that has an id can be read by it. */
const EVERY_STATUS = ["pending", "invited", "active", "deleted"];

export type Members = ReturnType<typeof createMembers>;

/**
 * Members of one request: one `members.search` per 100 ids, across Organizations. Two exceptions: an operator's id
 * without an Organization costs one `dangerously_get`, and the caller alone comes from `sessions.authenticate`, which
 * needs no `search` right.
 */
export function createMembers(caller: Caller, organizations: Organizations) {
  const ownId = caller.person?.memberId;
  const locate = ({ memberId, organizationId }: MemberKey): MemberKey => ({
    memberId,
    organizationId: organizationId ?? caller.tenant,
  });

  const records: DataLoader<MemberKey, DirectoryMember | null, string> = new DataLoader(
    async (keys) => {
      caller.require("read");
      const located = keys.map(locate);
      if (caller.tenant !== null && located.every(({ memberId }) => memberId === ownId)) {
        const self = readSelf();
        return settle(located.map(() => self));
      }
      const found = search(located);
      return settle(
        located.map(async (key) => {
          if (key.organizationId === null) {
            const member = await dangerouslyGet(key.memberId);
            if (member) records.prime({ ...key, organizationId: member.organization_id }, member);
            return member;
          }
          try {
            return (await found).get(cacheKey(key)) ?? null;
          } catch (error) {
            // A Member without the `search` right still sees itself.
            const isForbidden = error instanceof Failure && error.code === "FORBIDDEN";
            if (isForbidden && key.memberId === ownId) return readSelf();
            throw error;
          }
        }),
      );
    },
    { maxBatchSize: MAX_IDS, cacheKeyFn: (key) => cacheKey(locate(key)), name: "member" },
  );

  async function readSelf(): Promise<DirectoryMember | null> {
    return (await caller.self())?.member ?? null;
  }

  /** Members by their cache key. Ids that match nothing are simply not in Stytch's answer. */
  async function search(keys: readonly MemberKey[]): Promise<ReadonlyMap<string, DirectoryMember>> {
    // An external id among the ids would make Stytch refuse the whole search, or answer with another Member's id.
    const searched = keys.filter(
      ({ memberId, organizationId }) => organizationId !== null && caller.sees(organizationId) && isMemberId(memberId),
    );
    if (searched.length === 0) return new Map();
    const answer = await caller.stytch.findMembers(
      {
        organization_ids: [...new Set(searched.flatMap(({ organizationId }) => organizationId ?? []))],
        limit: searched.length,
        query: {
          operator: "AND",
          operands: [
            { filter_name: "member_ids", filter_value: searched.map(({ memberId }) => memberId) },
            { filter_name: "statuses", filter_value: EVERY_STATUS },
          ],
        },
      },
      caller.actor,
      () => caller.requireByStytch(SEARCH_MEMBERS),
    );
    for (const record of Object.values(answer.organizations)) organizations.prime(record);
    return new Map(answer.members.map((member) => [keyOf(member), member]));
  }

  async function dangerouslyGet(memberId: string): Promise<DirectoryMember | null> {
    if (!isMemberId(memberId)) return null;
    return (await orNull("member", caller.stytch.dangerouslyGetMember(memberId)))?.member ?? null;
  }

  const pages = createMemberPages(caller, organizations, (member) => {
    records.prime({ organizationId: member.organization_id, memberId: member.member_id }, member);
  });

  return {
    byId: (key: MemberKey): Promise<DirectoryMember | null> => records.load(key),
    page: (key: MemberPageKey): Promise<Page<DirectoryMember>> => pages.load(key),
  };
}

const cacheKey = ({ organizationId, memberId }: MemberKey) => `${organizationId ?? ""}/${memberId}`;
const keyOf = ({ organization_id: organizationId, member_id: memberId }: DirectoryMember) =>
  cacheKey({ organizationId, memberId });
