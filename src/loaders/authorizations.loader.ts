import DataLoader from "dataloader";
import type { MemberConnectedApp } from "stytch";
import { GatewayError } from "../errors";
import { settle, toError } from "./align-by-key";
import { groupBy } from "./group-by";
import type { MemberKey } from "./member.loader";
import {
  byNameThenId,
  compare,
  type OrganizationApp,
  type OrganizationAppLoader,
  type OrganizationAppsLoader,
} from "./organization-apps.loader";
import { isInTenant, notFound, orNull, type Reader } from "./reader";

/** One app's granted access to one Member. Carries the app, so that naming it costs nothing. */
export interface AuthorizationRecord {
  organizationId: string;
  memberId: string;
  app: Pick<MemberConnectedApp, "connected_app_id" | "name" | "description" | "client_type" | "logo_url">;
  scopes: string[];
}

/** Like `MemberKey`, but the Organization is known: the endpoints need it. */
export type MemberAuthorizationsKey = MemberKey & { organizationId: string };
export type MemberAuthorizationsLoader = DataLoader<MemberAuthorizationsKey, AuthorizationRecord[], string>;

/**
 * Below this many Members, one list each is never worse than asking for the Organization's apps first: that costs
 * 1 + K calls for K apps, and K is known only after the first.
 */
export const MIN_MEMBERS_TO_PLAN = 3;

/**
 * Authorizations of M Members of one Organization with K apps: min(M, 1 + K) calls and at most one more. Either one list
 * per Member, or the Organization's list and one call per app, whose `active_members` carry the granted scopes.
 *
 * The second way is for viewers who may read every Member's apps, since the Organization's endpoints check tenancy only.
 * Stytch is asked that once per request. Everyone else reads themselves, with their own session.
 */
export function createMemberAuthorizationsLoader(
  reader: Reader,
  appsOf: OrganizationAppsLoader,
  appOf: OrganizationAppLoader,
): MemberAuthorizationsLoader {
  async function readMember({ organizationId, memberId }: MemberAuthorizationsKey): Promise<AuthorizationRecord[]> {
    if (!isInTenant(reader, organizationId)) throw notFound("Member");
    const list = await orNull("member", reader.stytch.listMemberApps(organizationId, memberId, reader.actor));
    // A deleted Member is not found here, though it can be listed: it has none left.
    return (list?.connected_apps ?? [])
      .toSorted(byNameThenId)
      .map((app) => ({ organizationId, memberId, app, scopes: splitScopes(app.scopes_granted) }));
  }

  async function readOwn(key: MemberAuthorizationsKey): Promise<AuthorizationRecord[]> {
    if (key.memberId !== reader.memberId) throw forbiddenToReadOthers();
    return readMember(key);
  }

  /** Members of one Organization, the cheaper way. */
  async function readGroup(
    organizationId: string,
    keys: readonly MemberAuthorizationsKey[],
  ): Promise<(AuthorizationRecord[] | Error)[]> {
    if (keys.length < MIN_MEMBERS_TO_PLAN) return settle(keys.map(readMember));
    const apps = await appsOf.load(organizationId);
    if (apps.length >= keys.length) return settle(keys.map(readMember));
    if (!(await reader.mayReadOthers())) return settle(keys.map(readOwn));
    const details = await readApps(organizationId, appsOf, appOf);
    const records = details.flatMap((app) => recordsOf(organizationId, app));
    const byMember = groupBy(records, ({ memberId }) => memberId);
    return keys.map(({ memberId }) => byMember.get(memberId) ?? []);
  }

  return new DataLoader<MemberAuthorizationsKey, AuthorizationRecord[], string>(
    async (keys) => {
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
}

/**
 * An Organization's apps, each with the Members who authorized it: 1 + K calls. An app that lost its last Member between
 * the two calls is left out.
 */
async function readApps(
  organizationId: string,
  appsOf: OrganizationAppsLoader,
  appOf: OrganizationAppLoader,
): Promise<OrganizationApp[]> {
  const apps = await appsOf.load(organizationId);
  const details = await Promise.all(
    apps.map(({ connected_app_id: connectedAppId }) => appOf.load({ organizationId, connectedAppId })),
  );
  return details.filter((app) => app !== null);
}

/** Every authorization of an Organization. The caller has checked that the viewer may read them all. */
export async function readOrganization(
  organizationId: string,
  appsOf: OrganizationAppsLoader,
  appOf: OrganizationAppLoader,
): Promise<AuthorizationRecord[]> {
  const apps = await readApps(organizationId, appsOf, appOf);
  return apps.flatMap((app) => authorizationsOf(organizationId, app));
}

/** Who granted this app what, in an order of ours. */
export const authorizationsOf = (organizationId: string, app: OrganizationApp): AuthorizationRecord[] =>
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

export const forbiddenToReadOthers = () =>
  new GatewayError(
    "FORBIDDEN",
    "Reading other Members' authorizations needs get.connected-apps on stytch.member. Your own are at viewer.member.authorizations.",
  );
