import DataLoader from "dataloader";
import { z } from "zod";
import type { Caller } from "../caller/caller";
import { notFound } from "../failure";
import type { AppRequestRecord, AppRequestStatus, AppRequests } from "../marketplace/app-requests";
import { keysetPage, placeIn } from "./keyset";
import type { Page, PageArguments } from "./page";

const Place = z.object({ createdAt: z.number(), id: z.string() });

/**
 * App requests of one request. They cost no upstream call, but for a Member's one look at its own roles: admins see all of
 * their Organization's, Members what they asked for, operators everything.
 */
export function createAppRequestReads(caller: Caller, requests: AppRequests) {
  const ownId = caller.person?.memberId ?? null;
  const ownOrganization = caller.person?.organizationId ?? null;

  const byId = new DataLoader<string, AppRequestRecord | null>(
    async (ids) => {
      caller.require("read");
      const found = await requests.byIds(ids);
      return ids.map((id) => found.get(id) ?? null);
    },
    { maxBatchSize: 100, name: "appRequest" },
  );

  const open = new DataLoader<string, AppRequestRecord | null>(
    async (appIds) => {
      caller.require("read");
      const found = ownOrganization === null ? null : await requests.openFor(ownOrganization, appIds);
      return appIds.map((id) => found?.get(id) ?? null);
    },
    { maxBatchSize: 100, name: "openAppRequest" },
  );

  /** Whether the people in it and their words may be shown. */
  async function mayRead({ organizationId, memberId }: AppRequestRecord): Promise<boolean> {
    if (!caller.sees(organizationId)) return false;
    return caller.isOperator || memberId === ownId || caller.isAdmin();
  }

  return {
    mayRead,

    async byId(id: string): Promise<AppRequestRecord | null> {
      const request = await byId.load(id);
      return request && (await mayRead(request)) ? request : null;
    },

    /** The caller's own Organization's open one for an app; `null` for services, which have none. */
    openFor: (connectedAppId: string): Promise<AppRequestRecord | null> => open.load(connectedAppId),

    async page(
      organizationId: string,
      { first, after }: PageArguments,
      statuses: readonly AppRequestStatus[] | null,
    ): Promise<Page<AppRequestRecord>> {
      caller.require("read");
      if (!caller.sees(organizationId)) throw notFound("Organization");
      const memberId = caller.isOperator || (await caller.isAdmin()) ? null : ownId;
      const connection = `appRequests:${organizationId}`;
      const page = await requests.page({
        organizationId,
        memberId,
        statuses,
        first,
        after: placeIn(connection, after, Place),
      });
      return keysetPage(connection, after, {
        records: page.requests,
        placeOf: ({ createdAt, id }) => ({ createdAt: createdAt.getTime(), id }),
        hasMore: page.hasMore,
        total: page.total,
      });
    },
  };
}
