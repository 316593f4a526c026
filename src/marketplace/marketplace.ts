import type { Store } from "../ledger/store";
import { createAppRequests } from "./app-requests";
import { createAlone } from "./lease";
import { createListings } from "./listings";

/** The shelf, and what Members ask for: on the ledger's database, since Stytch keeps neither. */
export type Marketplace = ReturnType<typeof createMarketplace>;

export function createMarketplace(store: Store, { production }: { production: boolean }) {
  const alone = createAlone(store);
  return {
    listings: createListings(store),
    appRequests: createAppRequests(store),
    /** Reads a policy and writes it while nobody else does, through any replica of this gateway. */
    changePolicy: <T>(organizationId: string, work: () => Promise<T>): Promise<T> =>
      alone(`policy:${organizationId}`, work),
    /** By the clock that stamps its rows. */
    now: () => store.now(),
    /** `installUrl` may be http on loopback. */
    allowsLoopback: !production,
  };
}
