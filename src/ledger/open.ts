/**
 * The ledger: what happened and what is due, for all that passes through this gateway. Stytch stays the record of what is.
 *
 *   const ledger = await openLedger({ databaseUrl, retentionDays, logger, metrics, clock });
 *   const operation = await ledger.operations.begin({ action, actor, target, requestId });   // durable; then call Stytch
 *   await ledger.operations.finish(operation, { outcome: "DONE", effects: [ledger.grants.granted(key, scopes)] });
 *
 * Every call fails with `LedgerUnavailable` (code LEDGER_UNAVAILABLE) within 2 s when the database cannot be used, except
 * `finish` and `refused`, which never fail, and works again as soon as the database does. Nothing in it knows who may read
 * what: that is for whoever asks. It holds ids, scopes and times; names, addresses and secrets must not be handed to it.
 */
import type { Logger } from "../logger";
import type { Metrics } from "../metrics";
import { type Database, migrate, openDatabase } from "./database";
import { createEvents, type Events } from "./events";
import { registerFigures } from "./figures";
import { createGrants, type Grants } from "./grants";
import { createHeadLog } from "./heads";
import { startLoop } from "./loop";
import { createOperations, type Operations, SETTLE_AFTER_MS } from "./operations";
import { createRefusals, type Refusals } from "./refusals";
import { createPendingRequests, type PendingRequests } from "./requests";
import { createPruning, removeExpired } from "./retention";
import { createRotations, type Rotations } from "./rotations";
import { createStore, type Store } from "./store";

export interface LedgerOptions {
  /** `file:PATH` (embedded SQLite), `postgres://…`, or `memory`. */
  databaseUrl: string;
  /** Events that are older are pruned. Unset: kept for ever. */
  retentionDays?: number | undefined;
  logger: Logger;
  metrics: Metrics;
  clock: () => Date;
  /** How old an open operation is when its process is taken for dead: longer than any request. 60 s when unset. */
  settleAfterMs?: number | undefined;
}

export interface Ledger {
  readonly events: Events;
  readonly operations: Operations;
  readonly refusals: Refusals;
  readonly grants: Grants;
  readonly rotations: Rotations;
  /** Pending consents, stored under a key that is made of `secret`. `R` is the request without id and expiry. */
  pendingRequests<R extends { owner: string }>(secret: string): PendingRequests<R>;
  /** For tables of other folders: their reads, their writes, and events in the same transaction. */
  readonly store: Store;
  /** Whether a statement is answered at this moment. */
  isUp(): Promise<boolean>;
  /** What is done every few seconds: expiry, pruning, sums of refusals, heads to the log. */
  maintain(): Promise<void>;
  /** What is under way is written; the heads go to the log. */
  stop(): Promise<void>;
}

const MAINTAIN_EVERY_MS = 5000;
const HEADS_EVERY_MS = 60_000;

/** @throws {LedgerUnavailable} with one sentence about what is wrong and one about what to do. */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const database = await openDatabase(options.databaseUrl);
  try {
    await migrate(database);
  } catch (error) {
    await database.close().catch(() => undefined);
    throw error;
  }
  return createLedger(database, options);
}

function createLedger(
  database: Database,
  { retentionDays, logger, metrics, clock, settleAfterMs }: LedgerOptions,
): Ledger {
  const heads = createHeadLog(logger);
  const figures = registerFigures(metrics);
  const store = createStore(database, {
    clock,
    logger,
    appended: (moved, events) => {
      figures.events.inc(events);
      heads.note(moved, events);
    },
    failed: () => figures.failures.inc(),
  });
  const operations = createOperations(store, { logger, settleAfterMs: settleAfterMs ?? SETTLE_AFTER_MS });
  const refusals = createRefusals(store, logger);
  const rotations = createRotations(store);
  figures.watch(operations, rotations);

  const prune = retentionDays === undefined ? undefined : createPruning(store, retentionDays, logger);
  let headsWrittenAt = clock().getTime();
  async function maintain(): Promise<void> {
    await operations.retryUnwritten();
    await refusals.flush();
    await removeExpired(store);
    await prune?.();
    if (clock().getTime() - headsWrittenAt < HEADS_EVERY_MS) return;
    headsWrittenAt = clock().getTime();
    heads.write();
  }
  const loop = startLoop(MAINTAIN_EVERY_MS, maintain, logger);

  return {
    events: createEvents(store),
    operations,
    refusals,
    grants: createGrants(store),
    rotations,
    pendingRequests: (secret) => createPendingRequests(store, secret),
    store,
    isUp: () =>
      store
        .read((db) => db.selectFrom("event_order").select("last").execute())
        .then(
          () => true,
          () => false,
        ),
    maintain,
    async stop() {
      await loop.stop();
      await operations.retryUnwritten();
      await refusals.flush().catch(() => undefined);
      await store.stop();
      heads.write();
      await database.close();
    },
  };
}
