import type { Caller } from "../caller/caller";
import { REVOKE_OTHER_MEMBERS_APPS } from "../caller/rules";
import { Failure, noSuch, refuseIfAny } from "../failure";
import { isMemberId } from "../stytch/ids";
import { type Access, revokeEach, type Unrevoked } from "./revoke";

/** What one request did to many. */
export interface Revocations {
  revoked: number;
  failed: Unrevoked[];
  /** How many are left, read after the last revocation; once, however often it is asked. */
  remaining(): Promise<number>;
}

/** Revocations of one request; whoever has more asks again. */
export const MAX_REVOCATIONS = 100;
/** Search leaves deleted Members out unless asked. They have nothing left to revoke, but they are no strangers. */
const EVERY_STATUS = ["pending", "invited", "active", "deleted"];

/** Ends an app's access to the Members of one Organization, or to those named. @throws Failure when nothing was done */
export async function revokeApp(
  caller: Caller,
  organizationId: string,
  connectedAppId: string,
  memberIds: readonly string[] | null,
): Promise<Revocations> {
  const named = memberIds && [...new Set(memberIds)];
  await requireRight(caller, named);
  const readUsers = () => usersOf(caller, organizationId, connectedAppId);
  const users = await readUsers();
  if (named) await refuseStrangers(caller, organizationId, memberIds ?? [], users);
  const wanted = named ? named.filter((id) => users.has(id)) : [...users];
  return revokeAll(
    caller,
    wanted.map((memberId) => ({ organizationId, memberId, connectedAppId })),
    ({ memberId }) => memberId,
    async () => {
      const left = await readUsers();
      // Without names, whoever granted it meanwhile counts too.
      return named ? new Set(named.filter((id) => left.has(id))) : left;
    },
  );
}

/** Ends every app's access to one Member. @throws Failure when nothing was done */
export async function revokeMemberApps(
  caller: Caller,
  organizationId: string,
  memberId: string,
): Promise<Revocations & { appIds: readonly string[] }> {
  await requireRight(caller, [memberId]);
  const appIds = await appsOf(caller, organizationId, memberId);
  const revocations = await revokeAll(
    caller,
    [...appIds].map((connectedAppId) => ({ organizationId, memberId, connectedAppId })),
    ({ connectedAppId }) => connectedAppId,
    // A Member who has been deleted meanwhile has none left.
    () => noneWhenGone(appsOf(caller, organizationId, memberId)),
  );
  return { ...revocations, appIds: [...appIds].slice(0, MAX_REVOCATIONS) };
}

/** Asked once, so that whoever lacks the right costs one call; Stytch decides again on each revocation. */
async function requireRight(caller: Caller, memberIds: readonly string[] | null): Promise<void> {
  const isForOneself = memberIds?.every((id) => id === caller.person?.memberId) ?? false;
  if (!isForOneself) await caller.requireByStytch(REVOKE_OTHER_MEMBERS_APPS);
}

async function revokeAll(
  caller: Caller,
  targets: readonly Access[],
  keyOf: (access: Access) => string,
  readLeft: () => Promise<ReadonlySet<string>>,
): Promise<Revocations> {
  const { revoked, lost, failed } = await revokeEach(caller, targets.slice(0, MAX_REVOCATIONS));
  let reading: Promise<ReadonlySet<string>> | undefined;
  const left = () => {
    // Once more when it fails, for nothing else tells what became of lost answers.
    reading ??= readLeft().catch(readLeft);
    return reading;
  };
  const remaining = async () => (await left()).size;
  if (lost.length === 0) return { revoked, failed, remaining };
  // A lost answer is settled by looking: what is gone was revoked. If nobody can look, it stays a failure.
  const stillThere = await left().catch(() => new Set(lost.map(({ access }) => keyOf(access))));
  const unsettled = lost.filter(({ access }) => stillThere.has(keyOf(access)));
  return { revoked: revoked + lost.length - unsettled.length, failed: [...failed, ...unsettled], remaining };
}

/** Nobody, when Stytch does not know the app here. */
async function usersOf(caller: Caller, organizationId: string, connectedAppId: string): Promise<ReadonlySet<string>> {
  const users = caller.stytch
    .getOrganizationApp(organizationId, connectedAppId, caller.actor)
    .then(({ active_members }) => new Set(active_members.map(({ member_id }) => member_id)));
  return noneWhenGone(users, "connected_app_not_found");
}

async function appsOf(caller: Caller, organizationId: string, memberId: string): Promise<ReadonlySet<string>> {
  const { connected_apps } = await caller.stytch.listMemberApps(organizationId, memberId, caller.actor);
  return new Set(connected_apps.map(({ connected_app_id }) => connected_app_id));
}

async function noneWhenGone(
  list: Promise<ReadonlySet<string>>,
  errorType = "member_not_found",
): Promise<ReadonlySet<string>> {
  try {
    return await list;
  } catch (error) {
    if (error instanceof Failure && error.isStytch(errorType)) return new Set();
    throw error;
  }
}

/** Whoever uses the app is known to be of the Organization; the others are looked up with one search. */
async function refuseStrangers(
  caller: Caller,
  organizationId: string,
  memberIds: readonly string[],
  users: ReadonlySet<string>,
): Promise<void> {
  const searched = [...new Set(memberIds)].filter((id) => isMemberId(id) && !users.has(id));
  const known = new Set(users);
  const { person } = caller;
  if (person?.organizationId === organizationId) known.add(person.memberId);
  if (searched.some((id) => !known.has(id))) {
    const { members } = await caller.stytch.searchMembers(
      {
        organization_ids: [organizationId],
        limit: searched.length,
        query: {
          operator: "AND",
          operands: [
            { filter_name: "member_ids", filter_value: searched },
            { filter_name: "statuses", filter_value: EVERY_STATUS },
          ],
        },
      },
      caller.actor,
    );
    for (const { member_id } of members) known.add(member_id);
  }
  refuseIfAny(memberIds.flatMap((id, index) => (known.has(id) ? [] : [noSuch("member", "memberIds", String(index))])));
}
