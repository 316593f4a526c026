import DataLoader from "dataloader";
import type { B2BOrganizationsGetConnectedAppResponse, OrganizationConnectedApp } from "stytch";
import { isConnectedAppId } from "../stytch/ids";
import { settle } from "./align-by-key";
import { isInTenant, notFound, orNull, type Reader } from "./reader";

export type OrganizationAppsLoader = DataLoader<string, OrganizationConnectedApp[]>;

/** One call per Organization: the apps that at least one of its Members has authorized. The API has no paging here. */
export const createOrganizationAppsLoader = (reader: Reader): OrganizationAppsLoader =>
  new DataLoader<string, OrganizationConnectedApp[]>(
    (organizationIds) =>
      settle(
        organizationIds.map(async (organizationId) => {
          if (!isInTenant(reader, organizationId)) throw notFound("Organization");
          const { connected_apps } = await reader.stytch.listOrganizationApps(organizationId, reader.actor);
          return connected_apps.toSorted(byNameThenId);
        }),
      ),
    { name: "organizationApps" },
  );

export interface OrganizationAppKey {
  organizationId: string;
  connectedAppId: string;
}

/** One app as one Organization sees it, with the Members who authorized it and their scopes. */
export type OrganizationApp = B2BOrganizationsGetConnectedAppResponse;
export type OrganizationAppLoader = DataLoader<OrganizationAppKey, OrganizationApp | null, string>;

/** One call per Organization and app. `null` when no Member of the Organization has authorized the app. */
export const createOrganizationAppLoader = (reader: Reader): OrganizationAppLoader =>
  new DataLoader<OrganizationAppKey, OrganizationApp | null, string>(
    (keys) =>
      settle(
        keys.map(async ({ organizationId, connectedAppId }) => {
          // Anything else would be put in a URL path, where `.` and `..` name another endpoint.
          if (!isInTenant(reader, organizationId) || !isConnectedAppId(connectedAppId)) return null;
          return orNull(
            "connected_app",
            reader.stytch.getOrganizationApp(organizationId, connectedAppId, reader.actor),
          );
        }),
      ),
    {
      cacheKeyFn: ({ organizationId, connectedAppId }) => `${organizationId}/${connectedAppId}`,
      name: "organizationApp",
    },
  );

/** Upstream lists have no documented order, so the gateway gives them one. */
export const byNameThenId = (
  a: { name: string; connected_app_id: string },
  b: { name: string; connected_app_id: string },
): number => compare(a.name.toLowerCase(), b.name.toLowerCase()) || compare(a.connected_app_id, b.connected_app_id);

/** By code unit, so that every machine sorts alike. */
export const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
