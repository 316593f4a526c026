import type { OpenOperation, Result } from "../ledger/operation";
import type { AppRequests } from "./app-requests";
import type { Listings } from "./listings";

const DONE: Result = { outcome: "DONE" };
const NOT_DONE: Result = { outcome: "FAILED", code: "NOT_DONE" };

/** What became of an operation of the marketplace that a crash left open. `null` for any other. */
export async function outcomeOf(
  { action, target, facts, startedAt }: OpenOperation,
  { listings, appRequests }: { listings: Listings; appRequests: AppRequests },
): Promise<Result | null> {
  switch (action) {
    case "LISTING_SAVED":
    case "LISTING_PUBLISHED":
    case "LISTING_WITHDRAWN": {
      const id = target.connectedAppId ?? "";
      const listing = (await listings.byApps([id])).get(id);
      if (!listing) return NOT_DONE;
      if (action === "LISTING_SAVED") return listing.updatedAt >= startedAt ? DONE : NOT_DONE;
      return listing.status === (action === "LISTING_PUBLISHED" ? "PUBLISHED" : "WITHDRAWN") ? DONE : NOT_DONE;
    }
    case "APP_REQUESTED":
    case "APP_REQUEST_WITHDRAWN":
    case "APP_REQUEST_DECIDED": {
      const id = String(facts.appRequestId);
      const request = (await appRequests.byIds([id])).get(id);
      return request && (facts.status === undefined || request.status === facts.status) ? DONE : NOT_DONE;
    }
    default:
      return null;
  }
}
