import DataLoader from "dataloader";
import type { OrganizationConnectedApp } from "stytch";
import { isConnectedAppId } from "../stytch/ids";
import { settle } from "./align-by-key";
import type { OrganizationAppLoader, OrganizationAppsLoader } from "./organization-apps.loader";
import type { Reader } from "./reader";

/** An app by its id, as a Member's own Organization sees it: `null` unless one of its Members has authorized it. */
export type ListedAppLoader = DataLoader<
  string,
  Pick<OrganizationConnectedApp, "connected_app_id" | "name" | "description" | "client_type" | "logo_url"> | null
>;

/** One call: the app itself for one id (its authorizations then cost nothing more), the Organization's list for several. */
export const createListedAppLoader = (
  reader: Reader,
  appsOf: OrganizationAppsLoader,
  appOf: OrganizationAppLoader,
): ListedAppLoader =>
  new DataLoader(
    async (ids) => {
      const { tenant } = reader;
      const known = ids.filter(isConnectedAppId);
      if (tenant === null || known.length === 0) return ids.map(() => null);
      const [only] = known;
      if (known.length === 1 && only) {
        const app = appOf.load({ organizationId: tenant, connectedAppId: only });
        return settle(ids.map(async (id) => (id === only ? app : null)));
      }
      const apps = new Map((await appsOf.load(tenant)).map((app) => [app.connected_app_id, app]));
      return ids.map((id) => apps.get(id) ?? null);
    },
    { name: "listedApp" },
  );
