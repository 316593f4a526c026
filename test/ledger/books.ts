import type { Emulator } from "stytch-emulator";
import { type AuditEvent, toEvent } from "../../src/ledger/event";
import { type Ledger, openLedger } from "../../src/ledger/open";
import { type Verdict, verifyDatabase } from "../../src/ledger/verify";
import { type ListingRecord } from "../../src/marketplace/listing";
import { createMarketplace } from "../../src/marketplace/marketplace";
import { createMetrics } from "../../src/metrics";
import { silent } from "./ledger";
import { writeOf } from "./stytch-writes";

/** What a gateway's database says. */
export interface Books {
  ledger: Ledger;
  events: AuditEvent[];
  verdict: Verdict;
  listingOf(appId: string): Promise<ListingRecord | undefined>;
}

/** Opened for one look only: a gateway that was killed must be the one that finds the file as the kill left it. */
export async function readBooks<T>(
  databaseUrl: string,
  now: () => number,
  look: (books: Books) => Promise<T>,
): Promise<T> {
  const clock = () => new Date(now());
  const ledger = await openLedger({ databaseUrl, logger: silent, metrics: createMetrics(), clock });
  try {
    const { listings } = createMarketplace(ledger.store, { production: false });
    const rows = await ledger.store.read((db) => db.selectFrom("audit_event").selectAll().orderBy("order").execute());
    return await look({
      ledger,
      events: rows.map(toEvent),
      verdict: await ledger.store.read((db) => verifyDatabase(db)),
      listingOf: async (id) => (await listings.byApps([id])).get(id),
    });
  } finally {
    await ledger.stop();
  }
}

/** How often each write reached Stytch. */
export type Writes = Map<string, number>;

/** Adds what the emulator was sent since the last time, and forgets it there, where no more than 10,000 requests are kept. */
export function noteWrites(writes: Writes, emulator: Emulator): void {
  for (const request of emulator.requests()) {
    const write = writeOf(request);
    if (write) writes.set(write, (writes.get(write) ?? 0) + 1);
  }
  emulator.clearRequests();
}
