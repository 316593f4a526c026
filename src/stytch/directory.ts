import { LRUCache } from "lru-cache";
import type {
  B2BOrganizationsMembersSearchRequest,
  B2BOrganizationsResultsMetadata,
  B2BOrganizationsSearchRequest,
  Member,
  Organization,
} from "stytch";
import { Failure } from "../failure";
import type { Metrics } from "../metrics";

/** What is shown of a Member. */
export type DirectoryMember = Pick<
  Member,
  | "member_id"
  | "organization_id"
  | "email_address"
  | "name"
  | "status"
  | "roles"
  | "is_admin"
  | "external_id"
  | "created_at"
  | "updated_at"
>;

export type OrganizationPolicy = Pick<
  Organization,
  | "first_party_connected_apps_allowed_type"
  | "allowed_first_party_connected_apps"
  | "third_party_connected_apps_allowed_type"
  | "allowed_third_party_connected_apps"
>;

/** What is shown of an Organization. A remembered one has no policy: what decides is always read afresh. */
export type DirectoryOrganization = Pick<
  Organization,
  | "organization_id"
  | "organization_name"
  | "organization_slug"
  | "organization_external_id"
  | "organization_logo_url"
  | "created_at"
  | "updated_at"
> &
  Partial<OrganizationPolicy>;

export type CurrentOrganization = DirectoryOrganization & OrganizationPolicy;

export const isCurrent = (organization: DirectoryOrganization): organization is CurrentOrganization =>
  organization.first_party_connected_apps_allowed_type !== undefined;

export interface FoundMembers {
  members: DirectoryMember[];
  /** Of those Members, by id; empty in a remembered answer. */
  organizations: Record<string, Organization>;
  results_metadata: B2BOrganizationsResultsMetadata;
}

export interface FoundOrganizations {
  organizations: DirectoryOrganization[];
  results_metadata: B2BOrganizationsResultsMetadata;
}

/** Bounds of what is remembered for all tenants. The least recently used goes first. */
const MAX_ENTRIES = 2_000;
const MAX_BYTES = 32 * 2 ** 20;
/** A larger answer (more than some 3,000 Members) is not remembered. */
const MAX_ENTRY_BYTES = 2 ** 20;
/** Members, with their roles, of whom it is remembered whether they may search. */
const MAX_VERDICTS = 10_000;

interface Remembered<T> {
  answer: T;
  bytes: number;
  goodUntil: number;
}

interface Memory<T> {
  remembered: LRUCache<string, Remembered<T>>;
  /** Searches that wait for an answer, whose end never fails: one for each request in flight at most. */
  underWay: Map<string, Promise<void>>;
}

export interface DirectoryOptions {
  /** 0: nothing is remembered. */
  maxAgeSeconds: number;
  clock: () => Date;
  metrics: Metrics;
}

export type Directory = ReturnType<typeof createDirectory>;

/**
 * Saves scarce searches: an answer may be used again for a short while, by everybody whom Stytch allows that search at
 * that moment. Names, addresses, statuses and roles for display; nothing that decides.
 */
export function createDirectory({ maxAgeSeconds, clock, metrics }: DirectoryOptions) {
  const memory = <T>(): Memory<T> => ({
    remembered: new LRUCache({
      max: MAX_ENTRIES,
      maxSize: MAX_BYTES / 2,
      maxEntrySize: MAX_ENTRY_BYTES,
      sizeCalculation: ({ bytes }) => bytes,
    }),
    underWay: new Map(),
  });
  const members = memory<FoundMembers>();
  const organizations = memory<FoundOrganizations>();
  const verdicts = new LRUCache<string, { refusal: Failure | null; goodUntil: number }>({ max: MAX_VERDICTS });
  /** First searches of Members of whom nothing is remembered, whose end never fails: one for each request in flight at most. */
  const firsts = new Map<string, Promise<void>>();
  const now = () => clock().getTime();

  function verdictOn(rights: string): { refusal: Failure | null } | undefined {
    const known = verdicts.get(rights);
    return known && known.goodUntil > now() ? known : undefined;
  }

  /** Remembers how a search ended, if that says whether its Member may search. */
  async function judge(rights: string, asking: Promise<unknown>): Promise<void> {
    const goodUntil = now() + maxAgeSeconds * 1000;
    try {
      await asking;
      verdicts.set(rights, { refusal: null, goodUntil });
    } catch (error) {
      const isForbidden = error instanceof Failure && error.code === "FORBIDDEN";
      if (isForbidden) verdicts.set(rights, { refusal: error, goodUntil });
    }
  }

  /** From memory, unless it is too old; otherwise asks, and remembers what `keep` leaves of the answer. */
  async function recall<T>({ remembered, underWay }: Memory<T>, search: Search<T>): Promise<T> {
    if (maxAgeSeconds === 0) return search.ask();
    const key = JSON.stringify(search.request);
    const find = () => {
      const known = remembered.get(key);
      return known && known.goodUntil > now() ? known : undefined;
    };
    if (!search.fresh) {
      // Once: if whoever asks the same at this moment gets no answer, we ask ourselves.
      if (!find()) await underWay.get(key);
      const known = find();
      if (known) {
        await search.mayRead();
        metrics.searches.inc({ endpoint: search.endpoint, result: "remembered" });
        return known.answer;
      }
    }
    const asking = askAndKeep(remembered, key, search);
    const ended = asking.then(
      () => undefined,
      () => undefined,
    );
    underWay.set(key, ended);
    try {
      return await asking;
    } finally {
      if (underWay.get(key) === ended) underWay.delete(key);
    }
  }

  async function askAndKeep<T>(remembered: Memory<T>["remembered"], key: string, search: Search<T>): Promise<T> {
    // Counted from before the search: what changes while it is under way may be missing in its answer.
    const goodUntil = now() + maxAgeSeconds * 1000;
    const answer = await search.ask();
    const kept = search.keep(answer);
    remembered.set(key, { answer: kept, bytes: JSON.stringify(kept).length + key.length, goodUntil });
    return answer;
  }

  return {
    members: (search: MemberSearch): Promise<FoundMembers> =>
      recall(members, { ...search, endpoint: "members.search", keep: withoutOrganizations }),

    /** With the project's credentials: for operators. */
    organizations: (search: OrganizationSearch): Promise<FoundOrganizations> =>
      recall(organizations, {
        ...search,
        endpoint: "organizations.search",
        mayRead: async () => undefined,
        keep: withoutPolicies,
      }),

    /**
     * A search by a Member who was refused one a moment ago, in this session or another with the same roles, is refused
     * at once: also who asks for an answer of this moment would cost its tenant a search each time. Where nothing is known
     * one goes first, so that many at once cost one. @throws Failure
     */
    async unlessRefused<T>(rights: string, ask: () => Promise<T>): Promise<T> {
      if (maxAgeSeconds === 0) return ask();
      // Once: if the first got no answer that says so, we ask ourselves.
      if (!verdictOn(rights)) await firsts.get(rights);
      const refusal = verdictOn(rights)?.refusal;
      if (refusal) throw refusal;
      const asking = ask();
      const judged = judge(rights, asking);
      if (!firsts.has(rights)) firsts.set(rights, judged);
      await judged;
      if (firsts.get(rights) === judged) firsts.delete(rights);
      return asking;
    },
  };
}

interface Search<T> {
  endpoint: string;
  request: object;
  /** The caller asked for an answer of this moment. */
  fresh: boolean;
  /** @throws Failure when Stytch would refuse the search */
  mayRead(): Promise<void>;
  ask(): Promise<T>;
  keep(answer: T): T;
}
type MemberSearch = Omit<Search<FoundMembers>, "endpoint" | "keep"> & { request: B2BOrganizationsMembersSearchRequest };
type OrganizationSearch = Omit<Search<FoundOrganizations>, "endpoint" | "keep" | "mayRead"> & {
  request: B2BOrganizationsSearchRequest;
};

const withoutOrganizations = ({ members, results_metadata }: FoundMembers): FoundMembers => ({
  members: members.map((member) => ({
    member_id: member.member_id,
    organization_id: member.organization_id,
    email_address: member.email_address,
    name: member.name,
    status: member.status,
    roles: member.roles,
    is_admin: member.is_admin,
    ...(member.external_id && { external_id: member.external_id }),
    ...(member.created_at && { created_at: member.created_at }),
    ...(member.updated_at && { updated_at: member.updated_at }),
  })),
  organizations: {},
  results_metadata,
});

const withoutPolicies = ({ organizations, results_metadata }: FoundOrganizations): FoundOrganizations => ({
  organizations: organizations.map((organization) => ({
    organization_id: organization.organization_id,
    organization_name: organization.organization_name,
    organization_slug: organization.organization_slug,
    ...(organization.organization_external_id && { organization_external_id: organization.organization_external_id }),
    organization_logo_url: organization.organization_logo_url,
    ...(organization.created_at && { created_at: organization.created_at }),
    ...(organization.updated_at && { updated_at: organization.updated_at }),
  })),
  results_metadata,
});
