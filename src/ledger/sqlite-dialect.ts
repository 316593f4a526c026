import { setTimeout as sleep } from "node:timers/promises";
import { isNativeError } from "node:util/types";
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import { LRUCache } from "lru-cache";
import { openSqlite, type SqliteHandle, type SqliteStatement } from "./sqlite-engine";
import type { OpenConnection, SqliteFile } from "./sqlite-file";

/** How long another process's lock is waited for. Less than the deadline of a write, so that its reason is still told. */
const LOCK_TIMEOUT_MS = 1500;
/** The longest stretch of statements without a turn of the event loop. */
const TURN_MS = 5;

/** Bounds the write-ahead log, and with it the time of one checkpoint. */
const COMMITS_PER_CHECKPOINT = 20;

const nextTurn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** The bindings differ: some errors have `errcode` (its low byte counts), some only the message. */
export const sqliteCode = (error: unknown): number | undefined => {
  if (!isNativeError(error)) return undefined;
  if ("errcode" in error && typeof error.errcode === "number") return error.errcode & 0xff;
  if (/database (table )?is locked/.test(error.message)) return 5;
  if (/database disk image is malformed/.test(error.message)) return 11;
  return undefined;
};
export const SQLITE = {
  busy: 5,
  readOnly: 8,
  io: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const;

class SqliteConnection implements DatabaseConnection {
  readonly #statements = new LRUCache<string, SqliteStatement>({ max: 200 });
  #turn = performance.now();
  inTransaction = false;
  commits = 0;

  constructor(readonly handle: SqliteHandle) {}

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    await this.breathe();
    return this.inTransaction ? this.#run<R>(query) : this.retry(() => this.#run<R>(query));
  }

  #run<R>({ sql, parameters }: CompiledQuery): QueryResult<R> {
    const statement = this.#statements.get(sql) ?? this.handle.prepare(sql);
    this.#statements.set(sql, statement);
    if (statement.columns().length > 0) return { rows: statement.all(...parameters) as R[] };
    return { rows: [], numAffectedRows: BigInt(statement.run(...parameters).changes) };
  }

  streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error("SQLite answers are not streamed.");
  }

  /** The binding is synchronous: a queue of callers would run to its end before any timer or socket gets its turn. */
  async breathe(): Promise<void> {
    if (performance.now() - this.#turn < TURN_MS) return;
    await nextTurn();
    this.#turn = performance.now();
  }

  /** SQLite's own busy timeout would block the event loop, so it is 0 and the waiting is done here. */
  async retry<T>(work: () => T): Promise<T> {
    const deadline = performance.now() + LOCK_TIMEOUT_MS;
    for (let pause = 0.5; ; pause = Math.min(pause * 1.5, 20)) {
      try {
        return work();
      } catch (error) {
        if (sqliteCode(error) !== SQLITE.busy || performance.now() > deadline) throw error;
        await sleep(pause * (0.5 + Math.random()));
      }
    }
  }

  /** Folds the write-ahead log into the file. */
  checkpoint(mode: "passive" | "truncate"): void {
    try {
      if (mode === "truncate") this.#statements.clear();
      this.handle.exec(`pragma wal_checkpoint(${mode})`);
    } catch {
      // Another process is at work, or the disk is full: a later one will do.
    }
  }

  /** The same, and tells whether all of it is there. */
  fold(): boolean {
    try {
      const [done] = this.handle.prepare("pragma wal_checkpoint(truncate)").all();
      return typeof done === "object" && done !== null && "busy" in done && done.busy === 0;
    } catch {
      return false;
    }
  }
}

/** One connection, handed over in the order of asking. */
class SqliteDriver implements Driver, OpenConnection {
  readonly #path: string;
  readonly #readOnly: boolean;
  readonly #file: SqliteFile | undefined;
  #connection: SqliteConnection | undefined;
  #destroyed = false;
  #tail: Promise<void> = Promise.resolve();
  #release: () => void = () => undefined;

  constructor(path: string, readOnly: boolean, file: SqliteFile | undefined) {
    this.#path = path;
    this.#readOnly = readOnly;
    this.#file = file;
  }

  async init(): Promise<void> {
    this.#file?.requireInPlace();
    const connection = new SqliteConnection(openSqlite(this.#path, this.#readOnly));
    try {
      await this.#prepare(connection);
      this.#file?.opened(this);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  async #prepare(connection: SqliteConnection): Promise<void> {
    this.#connection = connection;
    connection.handle.exec("pragma busy_timeout = 0; pragma trusted_schema = off");
    this.#file?.opening(connection.handle);
    if (this.#readOnly) return;
    await connection.retry(() => connection.handle.exec("pragma journal_mode = wal"));
    // FULL: one sync for each commit. Some builds begin with NORMAL, which loses the last commits when power fails.
    // Checkpoints are made apart from commits, so that the event loop gets a turn between their syncs.
    // What is deleted or erased is overwritten: else it stays in the file's free pages until they are used again.
    connection.handle.exec(`pragma synchronous = full; pragma foreign_keys = on;
      pragma secure_delete = on; pragma wal_autocheckpoint = 0; pragma journal_size_limit = 16777216`);
  }

  async acquireConnection(): Promise<SqliteConnection> {
    const previous = this.#tail;
    let release = () => {};
    this.#tail = new Promise((resolve) => {
      release = resolve;
    });
    await previous;
    this.#release = release;
    try {
      return await this.#current();
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Opened anew where the file was replaced. */
  async #current(): Promise<SqliteConnection> {
    this.#file?.requireInPlace();
    if (!this.#connection && !this.#destroyed) await this.init();
    if (!this.#connection) throw new Error("The database is closed.");
    return this.#connection;
  }

  async releaseConnection(connection: SqliteConnection): Promise<void> {
    const release = this.#release;
    if (connection.commits < COMMITS_PER_CHECKPOINT) return release();
    connection.commits = 0;
    // Not awaited: whoever committed has its answer, and only the next in line waits.
    void nextTurn()
      .then(() => connection.checkpoint("passive"))
      .then(nextTurn)
      .then(release);
  }

  /** IMMEDIATE takes the write lock before the first read, so that no read has to be upgraded, which never waits. */
  async beginTransaction(connection: SqliteConnection): Promise<void> {
    await connection.breathe();
    await connection.retry(() => connection.handle.exec("begin immediate"));
    connection.inTransaction = true;
  }

  async commitTransaction(connection: SqliteConnection): Promise<void> {
    await connection.retry(() => connection.handle.exec("commit"));
    connection.inTransaction = false;
    connection.commits++;
    // Replaced since the transaction began: what was committed is in a file that nobody will read.
    this.#file?.requireInPlace();
  }

  async rollbackTransaction(connection: SqliteConnection): Promise<void> {
    if (!connection.inTransaction) return;
    connection.inTransaction = false;
    try {
      connection.handle.exec("rollback");
    } catch (error) {
      // A full disk rolls back by itself. A second rollback must not hide the first error.
      if (!/no transaction is active/.test(String(error))) throw error;
    }
  }

  async destroy(): Promise<void> {
    this.#destroyed = true;
    this.close();
  }

  readonly fold = (): boolean => this.#connection?.fold() ?? false;

  readonly close = (): void => {
    const connection = this.#connection;
    if (!connection) return;
    this.#connection = undefined;
    this.#file?.closed(this);
    // Statements outlive close() until they are collected, so SQLite would not fold its log into the file by itself.
    connection.checkpoint("truncate");
    connection.handle.close();
  };
}

class SqliteFileAdapter extends SqliteAdapter {
  /** It is. With it, migrations run inside BEGIN IMMEDIATE, which keeps other processes out as well. */
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** `file`: of all connections to `path`, where it may be deleted or replaced meanwhile. */
export const createSqliteDialect = (path: string, readOnly: boolean, file?: SqliteFile): Dialect => ({
  createDriver: () => new SqliteDriver(path, readOnly, file),
  createQueryCompiler: () => new SqliteQueryCompiler(),
  createAdapter: () => new SqliteFileAdapter(),
  createIntrospector: (db) => new SqliteIntrospector(db),
});
