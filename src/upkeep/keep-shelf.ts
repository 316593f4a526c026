import { randomUUID } from "node:crypto";
import { Failure } from "../failure";
import { type Loop, startLoop } from "../ledger/loop";
import type { Store } from "../ledger/store";
import type { Logger } from "../logger";
import { take } from "../marketplace/lease";
import { isSameApp, type PublicApp, toPublicApp } from "../marketplace/listing";
import type { Listings } from "../marketplace/listings";
import type { StytchReads } from "../stytch/reads";

export interface Keeper extends Loop {
  /** One round, whoever holds the lease. */
  run(): Promise<void>;
}

const EVERY_MS = 5 * 60_000;
/** Shorter than the shortest pause between two rounds, so that the replica that did the last one may do the next. */
const LEASE_MS = 3.5 * 60_000;
/** Listings that are compared at a time, and pages of a thousand clients that are read. */
const PIECE = 200;
const MAX_PAGES = 100;

/**
 * Clients that are renamed or deleted in Stytch's dashboard change the shelf too: every five minutes one replica compares
 * them. One call for a thousand clients, and one for each listing whose client seems to be gone.
 */
export function startShelfKeeper(
  stytch: () => StytchReads,
  { store, listings, logger }: { store: Store; listings: Listings; logger: Logger },
): Keeper {
  async function readClients(): Promise<Map<string, PublicApp>> {
    const apps = new Map<string, PublicApp>();
    let cursor: string | undefined;
    for (let page = 0; page < MAX_PAGES; page++) {
      const answer = await stytch().searchClients({ limit: 1000, ...(cursor && { cursor }) });
      for (const client of answer.connected_apps) apps.set(client.client_id, toPublicApp(client));
      cursor = answer.results_metadata.next_cursor || undefined;
      if (!cursor) break;
    }
    return apps;
  }

  /** A list that changes while its pages are read may miss one. */
  async function readClient(id: string): Promise<PublicApp | null> {
    try {
      return toPublicApp((await stytch().getClient(id)).connected_app);
    } catch (error) {
      if (error instanceof Failure && error.isStytch("connected_app_not_found")) return null;
      throw error;
    }
  }

  async function run(): Promise<void> {
    let listed = await listings.appsAfter("", PIECE);
    if (listed.length === 0) return;
    const clients = await readClients();
    for (let last = ""; listed.length > 0; listed = await listings.appsAfter(last, PIECE)) {
      for (const known of listed) {
        last = known.connected_app_id;
        const app = clients.get(last) ?? (await readClient(last));
        if (!app) {
          logger.info({ connectedAppId: last }, "A listing leaves the shelf: its client is gone");
          await listings.appDeleted(last);
        } else if (!isSameApp(app, known)) await listings.appChanged(app);
      }
    }
  }

  const holder = `keeper-${randomUUID()}`;
  const round = async () => {
    if (await take(store, "shelf", holder, LEASE_MS)) await run();
  };
  return { run, stop: startLoop(EVERY_MS, round, logger).stop };
}
