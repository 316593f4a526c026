import DataLoader from "dataloader";
import type { Member } from "stytch";
import { GatewayError } from "../errors";
import { isMemberId } from "../stytch/ids";
import { settle } from "./align-by-key";
import type { OrganizationLoader } from "./organization.loader";
import { isInTenant, orNull, type Reader } from "./reader";

/** Where a Member is looked for. `organizationId` is unknown only when an operator has nothing but the Member's id. */
export interface MemberKey {
  memberId: string;
  organizationId: string | null;
}

export type MemberLoader = DataLoader<MemberKey, Member | null, string>;

/** Ids per search operand (unconfirmed, U20: no published maximum). */
const MAX_IDS = 100;
/** Search leaves deleted Members out unless asked; a Member that has an id can be read by it. */
const EVERY_STATUS = ["pending", "invited", "active", "deleted"];

/**
 * One `members.search` per 100 ids, across Organizations. Two exceptions: an operator's id without an Organization
 * costs one `dangerously_get`, and the viewer alone comes from `sessions.authenticate`, which needs no `search` right.
 */
export function createMemberLoader(reader: Reader, organizations: OrganizationLoader): MemberLoader {
  const locate = ({ memberId, organizationId }: MemberKey): MemberKey => ({
    memberId,
    organizationId: organizationId ?? reader.tenant,
  });
  const cacheKeyFn = (key: MemberKey) => cacheKey(locate(key));

  async function readSelf(): Promise<Member | null> {
    return (await reader.self())?.member ?? null;
  }

  const loader: MemberLoader = new DataLoader<MemberKey, Member | null, string>(
    async (keys) => {
      const located = keys.map(locate);
      if (reader.tenant !== null && located.every(({ memberId }) => memberId === reader.memberId)) {
        const self = readSelf();
        return settle(located.map(() => self));
      }
      const found = search(reader, organizations, located);
      return settle(
        located.map(async (key) => {
          if (key.organizationId === null) {
            const member = await dangerouslyGet(reader, key.memberId);
            if (member) loader.prime({ ...key, organizationId: member.organization_id }, member);
            return member;
          }
          try {
            return (await found).get(cacheKey(key)) ?? null;
          } catch (error) {
            // A Member without the `search` right still sees itself.
            const forbidden = error instanceof GatewayError && error.code === "FORBIDDEN";
            if (forbidden && key.memberId === reader.memberId) return readSelf();
            throw error;
          }
        }),
      );
    },
    { maxBatchSize: MAX_IDS, cacheKeyFn, name: "member" },
  );
  return loader;
}

const cacheKey = ({ organizationId, memberId }: MemberKey) => `${organizationId ?? ""}/${memberId}`;

/** Members by their cache key. Ids that match nothing are simply not in Stytch's answer. */
async function search(
  reader: Reader,
  organizations: OrganizationLoader,
  keys: readonly MemberKey[],
): Promise<ReadonlyMap<string, Member>> {
  // An external id among the ids would make Stytch refuse the whole search, or answer with another Member's id.
  const searched = keys.filter(
    ({ memberId, organizationId }) =>
      organizationId !== null && isInTenant(reader, organizationId) && isMemberId(memberId),
  );
  if (searched.length === 0) return new Map();
  const answer = await reader.stytch.searchMembers(
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
    reader.actor,
  );
  for (const record of Object.values(answer.organizations)) organizations.prime(record.organization_id, record);
  return new Map(
    answer.members.map((member) => [
      cacheKey({ organizationId: member.organization_id, memberId: member.member_id }),
      member,
    ]),
  );
}

async function dangerouslyGet(reader: Reader, memberId: string): Promise<Member | null> {
  if (!isMemberId(memberId)) return null;
  return (await orNull("member", reader.stytch.dangerouslyGetMember(memberId)))?.member ?? null;
}
