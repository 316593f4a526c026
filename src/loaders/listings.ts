import DataLoader from "dataloader";
import { z } from "zod";
import type { Caller } from "../caller/caller";
import type { ListingRecord, PublicApp } from "../marketplace/listing";
import type { ListingFilter, Listings } from "../marketplace/listings";
import { isConnectedAppId } from "../stytch/ids";
import { keysetPage, placeIn } from "./keyset";
import type { Page, PageArguments } from "./page";

const Place = z.object({ name: z.string(), appId: z.string() });

/** Listings of one request, without any upstream call. Drafts and withdrawn ones are for operators. */
export function createListingReads(caller: Caller, listings: Listings) {
  const records = new DataLoader<string, ListingRecord | null>(
    async (ids) => {
      const found = await listings.byApps(ids.filter(isConnectedAppId));
      return ids.map((id) => found.get(id) ?? null);
    },
    { maxBatchSize: 100, name: "listing" },
  );

  return {
    async byApp(connectedAppId: string): Promise<ListingRecord | null> {
      caller.require("read");
      const listing = await records.load(connectedAppId);
      return listing && (listing.status === "PUBLISHED" || caller.may("read:everything")) ? listing : null;
    },

    /** Whatever became of its listing: for who holds a request for the app. */
    appOf: async (connectedAppId: string): Promise<PublicApp | null> =>
      (await records.load(connectedAppId))?.app ?? null,

    async page({ first, after }: PageArguments, filter: ListingFilter): Promise<Page<ListingRecord>> {
      caller.require(filter.statuses.every((status) => status === "PUBLISHED") ? "read" : "read:everything");
      const page = await listings.page({ first, after: placeIn("marketplace", after, Place), filter });
      return keysetPage("marketplace", after, {
        records: page.listings,
        placeOf: ({ app }) => ({ name: app.name, appId: app.connected_app_id }),
        hasMore: page.hasMore,
        total: page.total,
      });
    },
  };
}
