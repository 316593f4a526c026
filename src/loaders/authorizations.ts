import DataLoader from "dataloader";
import type { Caller } from "../caller/caller";
import { Failure, notFound } from "../failure";
import { LackingAnswer } from "../stytch/kinds";
import { compare, groupBy, orNull, settle, toError } from "./align";
import { type Apps, byNameThenId, type ListedApp, type OrganizationApp, USUAL_APPS } from "./apps";

/** One app's granted access to one Member. Carries the app, so that naming it costs nothing. */
export interface AuthorizationRecord {
  organizationId: string;
  memberId: string;
  app: ListedApp;
  scopes: string[];
}

/** Whose authorizations. Unlike `MemberKey` the Organization is known: the endpoints need it. */
export interface MemberAuthorizationsKey {
  organizationId: string;
  memberId: string;
}

/**
 * Below this many Members, one list each is never worse than asking for the Organization's apps first: that costs
 * 1 + K calls for K apps, and K is known only after the first.
 */
export const MIN_MEMBERS_TO_PLAN = 3;

/** Calls for the authorizations of so many Members: see below. */
export const callsForMembers = (members: number, oneOrganization: boolean): number =>
  oneOrganization ? Math.min(members, 1 + USUAL_APPS) + 1 : 2 * members;

/** Calls for all of an Organization's, or one app's. */
export const callsForOrganization = (connectedAppId: unknown): number => (connectedAppId ? 1 : 1 + USUAL_APPS);

/** Authorizations of one Organization that are read at once: about what an answer can hold. */
const MAX_ENTRIES = 20_000;

export type Authorizations = ReturnType<typeof createAuthorizations>;

/**
 * Authorizations of M Members of one Organization with K apps: min(M, 1 + K) calls and at most one more. Either one list
 * per Member, or the Organization's list and one call per app, whose `active_members` carry the granted scopes.
 *
 * The second way is for callers who may read every Member's apps, since the Organization's endpoints check tenancy only.
 * Stytch is asked that once per request. Everyone else reads themselves, with their own session.
 */
export function createAuthorizations(caller: Caller, apps: Apps) {
  const ownId = caller.person?.memberId;

  async function readMember({ organizationId, memberId }: MemberAuthorizationsKey): Promise<AuthorizationRecord[]> {
    if (!caller.sees(organizationId)) throw notFound("Member");
    const list = await orNull("member", caller.stytch.listMemberApps(organizationId, memberId, caller.actor));
    // A deleted Member is not found here, though it can be listed: it has none left.
    return (list?.connected_apps ?? [])
      .toSorted(byNameThenId)
      .map((app) => ({ organizationId, memberId, app, scopes: splitScopes(app.scopes_granted) }));
  }

  async function readOwn(key: MemberAuthorizationsKey): Promise<AuthorizationRecord[]> {
    if (key.memberId !== ownId) throw forbiddenToReadOthers();
    return readMember(key);
  }

  /** Members of one Organization, the cheaper way. */
  async function readGroup(
    organizationId: string,
    keys: readonly MemberAuthorizationsKey[],
  ): Promise<(AuthorizationRecord[] | Error)[]> {
    if (keys.length < MIN_MEMBERS_TO_PLAN) return settle(keys.map(readMember));
    const list = await apps.of(organizationId);
    if (list.length >= keys.length) return settle(keys.map(readMember));
    if (!(await caller.mayReadOthers())) return settle(keys.map(readOwn));
    const records = (await readApps(organizationId)).flatMap((app) => recordsOf(organizationId, app));
    const byMember = groupBy(records, ({ memberId }) => memberId);
    return keys.map(({ memberId }) => byMember.get(memberId) ?? []);
  }

  const byMember = new DataLoader<MemberAuthorizationsKey, AuthorizationRecord[], string>(
    async (keys) => {
      caller.require("read");
      const groups = [...groupBy(keys, ({ organizationId }) => organizationId)];
      const answers = new Map<MemberAuthorizationsKey, AuthorizationRecord[] | Error | undefined>();
      await Promise.all(
        groups.map(async ([organizationId, group]) => {
          // What fails for the whole group fails for each of its Members, and for no other group's.
          const read = await readGroup(organizationId, group).catch((error) => group.map(() => toError(error)));
          for (const [index, key] of group.entries()) answers.set(key, read[index]);
        }),
      );
      return keys.map((key) => answers.get(key) ?? new Error("A Member is missing from its group."));
    },
    { cacheKeyFn: ({ organizationId, memberId }) => `${organizationId}/${memberId}`, name: "memberAuthorizations" },
  );

  /** Organizations whose apps are more than the bound reckons with, once the bound was raised for them. */
  const raised = new Set<string>();
  /** Apps that could not be shown: the error counts each once. */
  const leftOut = new Set<string>();

  /**
   * An Organization's apps, each with the Members who authorized it: 1 + K calls. An app that lost its last Member
   * between the two calls is left out. @throws COST_LIMIT_EXCEEDED before the K calls, where K turns out too large
   */
  async function readApps(organizationId: string): Promise<OrganizationApp[]> {
    const list = await apps.of(organizationId);
    if (list.length > USUAL_APPS && !raised.has(organizationId)) {
      caller.stytch.meter.raise(
        list.length - USUAL_APPS,
        `This Organization uses ${list.length} apps`,
        "Name one with connectedAppId, or ask for fewer Organizations at once.",
      );
      raised.add(organizationId);
    }
    const details = await Promise.all(
      list.map(({ connected_app_id: id }) => apps.in(organizationId, id).catch((error) => leaveOutOdd(id, error))),
    );
    return details.filter((app) => app !== null);
  }

  /** An app whose own answer is odd leaves the others, with an error that says so; any other failure is the list's. */
  function leaveOutOdd(id: string, error: unknown): null {
    if (!(error instanceof LackingAnswer)) throw error;
    if (!leftOut.has(id)) caller.stytch.meter.leaveOut("connected_apps");
    leftOut.add(id);
    return null;
  }

  async function readAll(organizationId: string, connectedAppId: string | null): Promise<AuthorizationRecord[]> {
    caller.require("read");
    if (!(await caller.mayReadOthers())) throw forbiddenToReadOthers();
    if (!connectedAppId) {
      const used = await readApps(organizationId);
      refuseTooMany(used.reduce((total, { active_members }) => total + active_members.length, 0));
      return used.flatMap((app) => authorizationsOf(organizationId, app));
    }
    const app = await apps.in(organizationId, connectedAppId);
    return app ? authorizationsOf(organizationId, app) : [];
  }
  /** Each is made once: a query may name thousands of times a list of thousands, before any of them is counted. */
  const all = new Map<string, Promise<AuthorizationRecord[]>>();

  return {
    of: (key: MemberAuthorizationsKey): Promise<AuthorizationRecord[]> => byMember.load(key),

    /** Who in one Organization granted what; one app's when it is named. @throws FORBIDDEN */
    in(organizationId: string, connectedAppId: string | null = null): Promise<AuthorizationRecord[]> {
      const key = `${organizationId}/${connectedAppId ?? ""}`;
      const known = all.get(key) ?? readAll(organizationId, connectedAppId);
      all.set(key, known);
      return known;
    },

    /** How many Members of one Organization granted an app something: the call that `in` makes. @throws FORBIDDEN */
    async count(organizationId: string, connectedAppId: string): Promise<number> {
      caller.require("read");
      if (!(await caller.mayReadOthers())) throw forbiddenToReadOthers();
      return (await apps.in(organizationId, connectedAppId))?.active_members.length ?? 0;
    },
  };
}

/** Who granted this app what, in an order of ours. */
const authorizationsOf = (organizationId: string, app: OrganizationApp): AuthorizationRecord[] =>
  recordsOf(organizationId, app).sort((a, b) => compare(a.memberId, b.memberId));

function recordsOf(organizationId: string, app: OrganizationApp): AuthorizationRecord[] {
  // Most Members granted an app the same scopes, so each list is put in order once.
  const inOrder = new Map<string, string[]>();
  return app.active_members.map(({ member_id: memberId, granted_scopes }) => {
    const key = granted_scopes.join(" ");
    let scopes = inOrder.get(key);
    if (!scopes) {
      scopes = splitScopes(key);
      inOrder.set(key, scopes);
    }
    return { organizationId, memberId, app, scopes };
  });
}

/** `scopes_granted` is text here, `granted_scopes` a list there; neither order is documented. */
const splitScopes = (scopes: string): string[] => scopes.split(" ").filter(Boolean).sort();

function refuseTooMany(entries: number): void {
  if (entries <= MAX_ENTRIES) return;
  throw new Failure(
    "COST_LIMIT_EXCEEDED",
    `This Organization has ${entries} authorizations; at most ${MAX_ENTRIES} are read at once. Name an app with connectedAppId.`,
    { objects: entries, limit: MAX_ENTRIES },
  );
}

const forbiddenToReadOthers = () =>
  new Failure(
    "FORBIDDEN",
    "Reading other Members' authorizations needs get.connected-apps on stytch.member. Your own are at viewer.member.authorizations.",
  );
