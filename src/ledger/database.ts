import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Kysely, Migrator, sql } from "kysely";
import { fileProblem } from "../config.values";
import { MIGRATIONS } from "./migrations/list";
import { createPostgresDialect, STATEMENT_MS } from "./postgres-dialect";
import type { Tables } from "./schema";
import { createSqliteDialect } from "./sqlite-dialect";
import type { SqliteHandle } from "./sqlite-engine";
import { SqliteFile } from "./sqlite-file";
import { codeOf, explainStart, LedgerUnavailable, NEWER_SCHEMA } from "./unavailable";

export interface Database {
  /** `SQLite FILE` or `PostgreSQL HOST/NAME`: never a password. */
  readonly where: string;
  readonly write: Kysely<Tables>;
  /** On a SQLite file a second connection, so that reads go on while another process holds the write lock. */
  readonly read: Kysely<Tables>;
  /** `for update skip locked` exists, and is needed to keep replicas from queueing behind each other. */
  readonly skipLocked: boolean;
  /** A connection whose statements may take minutes, as an index on a large table does. Ended by whoever asked for it. */
  patient(): Kysely<Tables>;
  close(): Promise<void>;
}

const MIGRATION_TABLE = "ledger_migration";
const FILE = /^file:(?:\/\/(?=\/))?(.+)$/;

/** The path of `file:PATH`. @throws {LedgerUnavailable} for what looks like one and is none */
export function fileOf(databaseUrl: string): string | undefined {
  const file = FILE.exec(databaseUrl)?.[1];
  const problem = file && fileProblem(databaseUrl);
  if (problem) throw new LedgerUnavailable(`DATABASE_URL ${problem}.`);
  return file;
}

/**
 * Opens without creating tables. `read`: for commands that write nothing, so that what cannot be written, as an auditor's copy,
 * can be looked at. @throws {LedgerUnavailable} with one sentence and what to do.
 */
export async function openDatabase(databaseUrl: string, access: "write" | "read" = "write"): Promise<Database> {
  const file = fileOf(databaseUrl);
  const where = file ? `The ledger ${file}` : describe(databaseUrl);
  const postgres = !file && databaseUrl !== "memory";
  const readOnly = file !== undefined && access === "read" && !mayWrite(file);
  const held = file === undefined || readOnly ? undefined : new SqliteFile(file, requireTables);
  const connect = (limitMs = STATEMENT_MS) =>
    new Kysely<Tables>({
      dialect: postgres
        ? createPostgresDialect(databaseUrl, limitMs)
        : createSqliteDialect(file ?? ":memory:", readOnly, held),
    });
  const write = connect();
  const read = file ? connect() : write;
  const close = async () => {
    // The reader first: whoever closes last folds SQLite's log into the file.
    if (read !== write) await read.destroy();
    await write.destroy();
  };
  try {
    if (file && !readOnly) prepareFolder(file);
    await sql`select 1`.execute(write);
    if (file) await checkFile(write, readOnly);
    if (postgres && access === "write") await requirePrimary(write);
    return {
      where,
      write,
      read,
      skipLocked: postgres,
      patient: () => (postgres ? connect(MIGRATION_MS) : write),
      close,
    };
  } catch (error) {
    await close().catch(() => undefined);
    throw new LedgerUnavailable(explainStart(error, where), error);
  }
}

/** Tables up to this program's version. Safe when several replicas start at once: one does it, the others wait. */
export async function migrate({ write, patient, where }: Database): Promise<void> {
  const db = patient();
  try {
    for (let attempt = 1; ; attempt++) {
      if ((await executed(db)).some((name) => !(name in MIGRATIONS))) throw newer();
      const { error } = await new Migrator({
        db,
        provider: { getMigrations: async () => MIGRATIONS },
        migrationTableName: MIGRATION_TABLE,
        migrationLockTableName: MIGRATION_LOCK,
      }).migrateToLatest();
      if (!error) return;
      // Two replicas create PostgreSQL's bookkeeping tables at the same moment, or one holds SQLite's lock for long.
      if (attempt === 10 || !RACE.has(String(codeOf(error)))) throw error;
      await sleep(200);
    }
  } catch (error) {
    throw new LedgerUnavailable(explainStart(error, where), error);
  } finally {
    if (db !== write) await db.destroy();
  }
}

const MIGRATION_LOCK = `${MIGRATION_TABLE}_lock`;
/** How long a migration, or waiting for another replica's, may take. */
const MIGRATION_MS = 10 * 60_000;
/** unique_violation, duplicate_table, SQLITE_BUSY. */
const RACE = new Set(["23505", "42P07", "5"]);

/** For commands, which change no tables: @throws {LedgerUnavailable} unless the tables are exactly this program's. */
export async function requireCurrent({ write, where }: Database): Promise<void> {
  const done = await executed(write);
  const problem = done.some((name) => !(name in MIGRATIONS))
    ? explainStart(newer(), where)
    : Object.keys(MIGRATIONS).some((name) => !done.includes(name))
      ? `${where} was written by an older version of this program, or is no ledger. Start the gateway once.`
      : undefined;
  if (problem) throw new LedgerUnavailable(problem);
}

/** Of a file that took the place of the one that was migrated at start. */
function requireTables(handle: SqliteHandle): void {
  const done = handle.prepare(`select name from ${MIGRATION_TABLE} order by name`).all();
  const names = done.map((row) => (typeof row === "object" && row !== null && "name" in row ? row.name : undefined));
  if (names.join() !== Object.keys(MIGRATIONS).sort().join()) throw new Error("Its tables are of another version.");
}

const newer = () => Object.assign(new Error("Unknown migration."), { code: NEWER_SCHEMA });

async function executed(db: Kysely<Tables>): Promise<string[]> {
  const tables = await db.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === MIGRATION_TABLE)) return [];
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(MIGRATION_TABLE)}`.execute(db);
  return rows.map(({ name }) => name);
}

/** As many levels as the path has. Node's own `recursive` never ends where no folder can be made, as in /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process, which starts as well, was faster.
    if (!existsSync(path)) throw error;
  }
}

function prepareFolder(file: string): void {
  makeFolder(dirname(resolve(file)));
  accessSync(existsSync(file) ? file : dirname(file), constants.R_OK | constants.W_OK);
}

function mayWrite(file: string): boolean {
  try {
    for (const path of [file, dirname(file)]) accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** A standby, or a database that somebody set to read-only, would refuse the first write and not the start. */
async function requirePrimary(db: Kysely<Tables>): Promise<void> {
  const { rows } = await sql<{ isOn: boolean }>`
    select current_setting('transaction_read_only')::boolean as "isOn"`.execute(db);
  if (rows[0]?.isOn) throw Object.assign(new Error("transaction_read_only is on."), { code: "25006" });
}

/** Damage in the middle of a file shows only when it is touched, so it is looked for at start; then a write is tried. */
async function checkFile(db: Kysely<Tables>, readOnly: boolean): Promise<void> {
  const { rows } = await sql<{ quick_check: string }>`pragma quick_check(1)`.execute(db);
  if (rows[0]?.quick_check !== "ok") throw Object.assign(new Error("quick_check failed."), { errcode: 11 });
  if (!readOnly) await db.transaction().execute((trx) => sql`pragma user_version = 1`.execute(trx));
}

function describe(databaseUrl: string): string {
  const url = URL.parse(databaseUrl);
  if (url && /^postgres(ql)?:$/.test(url.protocol)) return `The ledger's database ${url.host}${url.pathname}`;
  if (databaseUrl === "memory") return "The ledger in memory";
  throw new LedgerUnavailable("DATABASE_URL must be file:PATH, postgres://… or memory.");
}
