import DataLoader from "dataloader";
import type { MemberConnectedApp } from "stytch";
import { GatewayError } from "../errors";
import { settle } from "./align-by-key";
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

  /** Chooses the cheaper way for the Members of one Organization. */
  async function plan(
    organizationId: string,
    members: number,
  ): Promise<(key: MemberAuthorizationsKey) => Promise<AuthorizationRecord[]> | AuthorizationRecord[]> {
    if (members < MIN_MEMBERS_TO_PLAN) return readMember;
    const apps = await appsOf.load(organizationId);
    if (apps.length >= members) return readMember;
    if (!(await reader.mayReadOthers())) {
      return async (key) => {
        if (key.memberId !== reader.memberId) throw forbiddenToReadOthers();
        return readMember(key);
      };
    }
    const details = await readApps(organizationId, appsOf, appOf);
    const records = details.flatMap((app) => recordsOf(organizationId, app));
    const byMember = groupBy(records, ({ memberId }) => memberId);
    return ({ memberId }) => byMember.get(memberId) ?? [];
  }

  return new DataLoader<MemberAuthorizationsKey, AuthorizationRecord[], string>(
    (keys) => {
      const groups = groupBy(keys, ({ organizationId }) => organizationId);
      const plans = new Map(
        [...groups].map(([organizationId, group]) => [organizationId, plan(organizationId, group.length)]),
      );
      return settle(
        keys.map(async (key) => {
          const read = (await plans.get(key.organizationId)) ?? readMember;
          return read(key);
        }),
      );
    },
    { cacheKeyFn: ({ organizationId, memberId }) => `${organizationId}/${memberId}`, name: "memberAuthorizations" },
  );
}

/**
 * An Organization's apps, each with the Members who authorized it: 1 + K calls. An app that lost its last Member between
 * two of them is left out.
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
    const scopes = inOrder.get(key) ?? splitScopes(key);
    inOrder.set(key, scopes);
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
