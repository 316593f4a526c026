import DataLoader from "dataloader";
import type { B2BOrganizationsGetConnectedAppResponse, MemberConnectedApp, OrganizationConnectedApp } from "stytch";
import type { Caller } from "../caller/caller";
import { notFound } from "../failure";
import { fold } from "../marketplace/fold";
import { isConnectedAppId } from "../stytch/ids";
import type { ClientRecord } from "../stytch/reads";
import { compare, orNull, settle } from "./align";
import { readFilteredPage } from "./filtered-page";
import { listUnder, MAX_UPSTREAM_LIMIT, type Page, type PageArguments, readPage } from "./page";

/** What every list says of an app. */
export type ListedApp = Pick<
  MemberConnectedApp,
  "connected_app_id" | "name" | "description" | "client_type" | "logo_url"
>;

/** One app as one Organization sees it, with the Members who authorized it and their scopes. */
export type OrganizationApp = B2BOrganizationsGetConnectedAppResponse;

/** Every given condition must hold. */
export interface ClientFilter {
  nameContains: string | null;
  /** As Stytch spells them. */
  clientTypes: readonly string[] | null;
}

interface OrganizationAppKey {
  organizationId: string;
  connectedAppId: string;
}

/** Apps of one Organization that a query's bound reckons with. Stytch's list has no paging: more raise the bound. */
export const USUAL_APPS = 50;

/** Calls for the registrations of a list of apps: a search, and a `get` for one that was made or deleted just now. */
export const CALLS_FOR_REGISTRATIONS = 2;

export type Apps = ReturnType<typeof createApps>;

/** Connected Apps of one request, as Organizations see them and as they are registered. */
export function createApps(caller: Caller) {
  /** One call per Organization: the apps that at least one of its Members has authorized. The API has no paging here. */
  const lists = new DataLoader<string, OrganizationConnectedApp[]>(
    async (organizationIds) => {
      caller.require("read");
      return settle(
        organizationIds.map(async (organizationId) => {
          if (!caller.sees(organizationId)) throw notFound("Organization");
          const { connected_apps } = await caller.stytch.listOrganizationApps(organizationId, caller.actor);
          return connected_apps.toSorted(byNameThenId);
        }),
      );
    },
    { name: "organizationApps" },
  );

  /** One call per Organization and app. */
  const details = new DataLoader<OrganizationAppKey, OrganizationApp | null, string>(
    async (keys) => {
      caller.require("read");
      return settle(
        keys.map(async ({ organizationId, connectedAppId }) => {
          // Anything else would be put in a URL path, where `.` and `..` name another endpoint.
          if (!caller.sees(organizationId) || !isConnectedAppId(connectedAppId)) return null;
          return orNull(
            "connected_app",
            caller.stytch.getOrganizationApp(organizationId, connectedAppId, caller.actor),
          );
        }),
      );
    },
    {
      cacheKeyFn: ({ organizationId, connectedAppId }) => `${organizationId}/${connectedAppId}`,
      name: "organizationApp",
    },
  );

  /** One call: the app itself for one id (its authorizations then cost nothing more), the list for several. */
  const visible = new DataLoader<string, ListedApp | null>(
    async (ids) => {
      caller.require("read");
      const { tenant } = caller;
      const known = ids.filter(isConnectedAppId);
      if (tenant === null || known.length === 0) return ids.map(() => null);
      const [only] = known;
      if (known.length === 1 && only) {
        const app = details.load({ organizationId: tenant, connectedAppId: only });
        return settle(ids.map(async (id) => (id === only ? inUse(await app) : null)));
      }
      const apps = new Map((await lists.load(tenant)).map((app) => [app.connected_app_id, app]));
      return ids.map((id) => apps.get(id) ?? null);
    },
    { name: "visibleApp" },
  );

  /** One id: `clients.get`. More: one page of `clients.search`, which has no id filter, and a `get` for each it lacks. */
  const registrations = new DataLoader<string, ClientRecord | null>(
    async (ids) => {
      const listed = new Map<string, ClientRecord>();
      if (ids.length > 1) {
        const { connected_apps } = await caller.stytch.searchClients({ limit: MAX_UPSTREAM_LIMIT });
        for (const client of connected_apps) listed.set(client.client_id, client);
      }
      return settle(ids.map(async (id) => listed.get(id) ?? getClient(id)));
    },
    { name: "client" },
  );

  async function getClient(id: string): Promise<ClientRecord | null> {
    return (await orNull("connected_app", caller.stytch.getClient(id)))?.connected_app ?? null;
  }

  return {
    /** The apps that at least one Member of the Organization has authorized, by name. */
    of: (organizationId: string): Promise<OrganizationConnectedApp[]> => lists.load(organizationId),

    /** `null` when no Member of the Organization has authorized the app. */
    in: (organizationId: string, connectedAppId: string): Promise<OrganizationApp | null> =>
      details.load({ organizationId, connectedAppId }),

    /** As a Member's own Organization sees it: `null` unless one of its Members has authorized it. */
    visible: (connectedAppId: string): Promise<ListedApp | null> => visible.load(connectedAppId),

    /** The client's record. Operators only: the fields' guards see to that. */
    registration: async (connectedAppId: string): Promise<ClientRecord | null> =>
      isConnectedAppId(connectedAppId) ? registrations.load(connectedAppId) : null,

    /** One `clients.search`, which knows no filter: the rows of a large page are compared here. */
    async page(page: PageArguments, filter: ClientFilter): Promise<Page<ClientRecord>> {
      const search = async (request: { limit: number; cursor?: string }) => {
        const { connected_apps, results_metadata } = await caller.stytch.searchClients(request);
        return { rows: connected_apps, next: results_metadata.next_cursor, total: results_metadata.total };
      };
      const matches = matcherOf(filter);
      const result = matches
        ? await readFilteredPage(listUnder("connectedApps", filter), page, search, matches)
        : await readPage("connectedApps", page, search);
      for (const record of result.records) registrations.prime(record.client_id, record);
      return result;
    },
  };
}

/** `null` when nothing is asked for. */
function matcherOf({ nameContains, clientTypes }: ClientFilter): ((client: ClientRecord) => boolean) | null {
  if (nameContains === null && clientTypes === null) return null;
  const part = nameContains === null ? "" : fold(nameContains);
  return ({ client_name, client_type }) =>
    fold(client_name).includes(part) && (clientTypes === null || clientTypes.includes(client_type));
}

/** Stytch may answer for an app that nobody in the Organization uses; a Member is not shown those. */
const inUse = (app: OrganizationApp | null): OrganizationApp | null =>
  app && app.active_members.length > 0 ? app : null;

/** Upstream lists have no documented order, so the gateway gives them one. */
export const byNameThenId = (
  a: { name: string; connected_app_id: string },
  b: { name: string; connected_app_id: string },
): number => compare(a.name.toLowerCase(), b.name.toLowerCase()) || compare(a.connected_app_id, b.connected_app_id);
