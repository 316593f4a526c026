import type { Store } from "../ledger/store";
import { createAppRequests } from "./app-requests";
import { createAlone } from "./lease";
import type { PublicApp } from "./listing";
import { createListings } from "./listings";

/** The shelf, and what Members ask for: on the ledger's database, since Stytch keeps neither. */
export type Marketplace = ReturnType<typeof createMarketplace>;

export function createMarketplace(store: Store, { production }: { production: boolean }) {
  const alone = createAlone(store);
  const listings = createListings(store);
  return {
    listings,
    /** Told of clients that were changed. What the shelf's keeper finds out later is no reason to fail now. */
    shelf: {
      appChanged: (app: PublicApp): Promise<void> => listings.appChanged(app).catch(() => undefined),
      appDeleted: (appId: string): Promise<void> => listings.appDeleted(appId).catch(() => undefined),
    },
    appRequests: createAppRequests(store),
    /**
     * Reads a policy and writes it while nobody else does, through any replica of this gateway. A request is ended so too,
     * since an approval is a change of the policy first.
     */
    changePolicy: <T>(organizationId: string, work: () => Promise<T>): Promise<T> =>
      alone(`policy:${organizationId}`, work),
    /** By the clock that stamps its rows. */
    now: () => store.now(),
    /** `installUrl` may be http on loopback. */
    allowsLoopback: !production,
  };
}
