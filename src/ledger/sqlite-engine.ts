import { existsSync, statSync } from "node:fs";
import { isBuiltin } from "node:module";
import { pathToFileURL } from "node:url";

/** What the dialect needs of a SQLite binding: the common part of `node:sqlite` and its twin for Node 20. */
export interface SqliteStatement {
  columns(): readonly unknown[];
  all(...parameters: unknown[]): unknown[];
  run(...parameters: unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint };
}
export interface SqliteHandle {
  prepare(sql: string): SqliteStatement;
  exec(sql: string): void;
  close(): void;
}
interface SqliteModule {
  DatabaseSync: new (file: string, options?: { readOnly: boolean }) => SqliteHandle;
  StatementSync: { prototype: object };
}

/**
 * The only file that knows the binding: Node's own where it is complete (22.16 and later), otherwise the same API as an
 * addon. Loaded on first use, so that a gateway on PostgreSQL never maps the binary.
 */
export function openSqlite(file: string, readOnly = false): SqliteHandle {
  const { DatabaseSync } = sqliteModule();
  if (!readOnly) return new DatabaseSync(file);
  // Where these are, somebody may be writing. Where they are not, a reader would make them, unless told that the file stays
  // as it is: https://www.sqlite.org/wal.html#read_only_databases
  const inUse = existsSync(`${file}-shm`) || (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
  return new DatabaseSync(inUse ? file : `${pathToFileURL(file).href}?immutable=1`, { readOnly });
}

function sqliteModule(): SqliteModule {
  if (isBuiltin("node:sqlite")) {
    const builtIn = quietly((): SqliteModule => require("node:sqlite"));
    if ("columns" in builtIn.StatementSync.prototype) return builtIn;
  }
  const addon: SqliteModule = require("@photostructure/sqlite");
  return addon;
}

/** Node 22 says once that its SQLite is experimental: to operators, about a thing that they did not choose. */
function quietly<T>(load: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}
