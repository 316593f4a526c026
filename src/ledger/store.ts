import { isNativeError } from "node:util/types";
import type { Kysely, Transaction } from "kysely";
import type { Logger } from "../logger";
import { appendEvents } from "./append";
import type { Head } from "./chain";
import type { Database } from "./database";
import type { NewEvent } from "./event";
import type { Tables } from "./schema";
import { codeOf, isForCaller, LedgerUnavailable } from "./unavailable";

/** One piece of work inside a transaction that others may share. It may be run again when its first try is undone. */
export interface Unit {
  readonly trx: Transaction<Tables>;
  /** Milliseconds since 1970, the same for all of the transaction. */
  readonly now: number;
  /** The event is added at the end of the transaction, in the order of calls. */
  append(event: NewEvent): void;
}

/** Both fail with LEDGER_UNAVAILABLE after 2 s at the latest, or with what `work` itself throws as such. */
export interface Store {
  readonly skipLocked: boolean;
  now(): number;
  read<T>(work: (db: Kysely<Tables>) => Promise<T>): Promise<T>;
  /**
   * Durable when it resolves. What waits at the same time shares one transaction and one sync of the disk.
   * `late` is called when the deadline had passed and it was committed all the same.
   */
  write<T>(work: (unit: Unit) => Promise<T>, late?: (value: T) => void): Promise<T>;
  /** What is queued is written; nothing new is taken. */
  stop(): Promise<void>;
}

export interface StoreOptions {
  clock: () => Date;
  logger: Logger;
  /** After each commit that moved chains. */
  appended(heads: readonly Head[], events: number): void;
  /** For each call that failed because of the database. */
  failed(): void;
}

export const DEADLINE_MS = 2000;
/** Units in one transaction. */
const MAX_BATCH = 128;
/** How long it takes more of them: as long as the last commit took, so that a slow disk is asked less often. */
const BATCH_MS = 10;
const LONGEST_BATCH_MS = 200;
/** Units that wait. More means that the database does not keep up: they would miss their deadline anyway. */
const MAX_QUEUE = 2000;

/** One line of the log for all calls that failed meanwhile. */
const LINE_EVERY_MS = 1000;

interface Job {
  run(unit: Unit): Promise<void>;
  committed(): void;
  failed(error: unknown): void;
  readonly expired: boolean;
}

export function createStore(database: Database, { clock, logger, appended, failed }: StoreOptions): Store {
  const queue: Job[] = [];
  let draining: Promise<void> | undefined;
  let stopped = false;
  let lastCommitMs = 0;

  let lastLine = Number.NEGATIVE_INFINITY;
  let silenced = 0;
  const unavailable = (reason: string, cause?: unknown) => {
    failed();
    silenced++;
    if (performance.now() - lastLine > LINE_EVERY_MS) {
      logger.error({ reason, code: codeOf(cause), calls: silenced }, "The ledger cannot be used");
      silenced = 0;
      lastLine = performance.now();
    }
    return new LedgerUnavailable("The ledger cannot be used at the moment. Try again later.", cause);
  };

  async function read<T>(work: (db: Kysely<Tables>) => Promise<T>): Promise<T> {
    const timer = deadline();
    try {
      return await Promise.race([work(database.read), timer.passed]);
    } catch (error) {
      throw error === LATE ? unavailable("a read took too long") : translate(error);
    } finally {
      timer.clear();
    }
  }

  const translate = (error: unknown) => (isForCaller(error) ? error : unavailable(messageOf(error), error));

  function write<T>(work: (unit: Unit) => Promise<T>, late?: (value: T) => void): Promise<T> {
    if (stopped || queue.length >= MAX_QUEUE)
      return Promise.reject(unavailable(stopped ? "stopped" : "too many writes wait"));
    return new Promise((resolve, reject) => {
      let value: { done: T } | undefined;
      let expired = false;
      const timer = setTimeout(() => {
        expired = true;
        reject(unavailable("a write took too long"));
      }, DEADLINE_MS);
      queue.push({
        run: async (unit) => {
          value = { done: await work(unit) };
        },
        committed() {
          clearTimeout(timer);
          if (!value) return;
          if (expired) late?.(value.done);
          else resolve(value.done);
        },
        failed(error) {
          clearTimeout(timer);
          if (!expired) reject(translate(error));
        },
        get expired() {
          return expired;
        },
      });
      draining ??= drain();
    });
  }

  async function drain(): Promise<void> {
    // Whoever calls in the same turn of the event loop shares the first transaction.
    await Promise.resolve();
    for (let first = queue.shift(); first; first = queue.shift()) {
      const batch = [first];
      try {
        await commit(batch);
        for (const job of batch) job.committed();
      } catch (error) {
        // One bad unit, or a deadlock between replicas, undid the work of all: each is tried by itself.
        const again = batch.length > 1 && !(error instanceof Unclear);
        for (const job of batch) await (again ? commitAlone(job) : job.failed(error));
      }
    }
    // In the same step as the look at the empty queue: nobody may add to it in between and wait for ever.
    draining = undefined;
  }

  async function commitAlone(job: Job): Promise<void> {
    if (job.expired) return;
    try {
      await commit([job], true);
      job.committed();
    } catch (error) {
      job.failed(error);
    }
  }

  /** Runs `batch`, and unless `alone` adds to it what comes to wait meanwhile. */
  async function commit(batch: Job[], alone = false): Promise<void> {
    const events: NewEvent[] = [];
    let heads: Head[] = [];
    let completedAt: number | undefined;
    try {
      await database.write.transaction().execute(async (trx) => {
        const now = clock().getTime();
        const unit: Unit = { trx, now, append: (event) => events.push(event) };
        const until = performance.now() + Math.min(Math.max(BATCH_MS, lastCommitMs), LONGEST_BATCH_MS);
        for (const job of batch) {
          // Its caller was told so while the transaction waited for a lock or a connection.
          if (!job.expired) await job.run(unit);
          if (!alone && batch.length < MAX_BATCH && performance.now() < until) addNext(batch);
        }
        if (events.length > 0) heads = await appendEvents(trx, events, now);
        completedAt = performance.now();
      });
      lastCommitMs = performance.now() - (completedAt ?? 0);
    } catch (error) {
      throw completedAt === undefined ? error : new Unclear("The commit was not answered.", { cause: error });
    }
    if (heads.length > 0) appended(heads, events.length);
  }

  /** The loop over the batch sees what is added to it. Whoever was told that it took too long is left out. */
  function addNext(batch: Job[]): void {
    let next = queue.shift();
    while (next?.expired) next = queue.shift();
    if (next) batch.push(next);
  }

  return {
    skipLocked: database.skipLocked,
    now: () => clock().getTime(),
    read,
    write,
    async stop() {
      stopped = true;
      await draining;
    },
  };
}

const LATE = Symbol("late");
function deadline() {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(LATE), DEADLINE_MS);
  });
  return { passed, clear: () => clearTimeout(timer) };
}

/** A commit that may or may not have happened must not be repeated. */
class Unclear extends Error {}

const messageOf = (error: unknown): string => (isNativeError(error) ? error.message : String(error));
