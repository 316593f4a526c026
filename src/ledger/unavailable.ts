import { isNativeError } from "node:util/types";
import { Failure } from "../failure";
import { SQLITE, sqliteCode } from "./sqlite-dialect";

/** The ledger cannot be read or written. The message says what to do and is safe to show; `cause` is for the log. */
export class LedgerUnavailable extends Failure {
  constructor(message: string, cause?: unknown) {
    super("LEDGER_UNAVAILABLE", message, {}, isNativeError(cause) ? cause : undefined);
    this.name = "LedgerUnavailable";
  }
}

/** Written for the caller by the work itself: not the database's fault. */
export const isForCaller = (error: unknown): boolean => error instanceof Failure;

export const NEWER_SCHEMA = "newer";

/** One sentence about a database that cannot be opened, and one that says what to do. `where` has no password in it. */
export function explainStart(error: unknown, where: string): string {
  const code = codeOf(error);
  switch (code) {
    case SQLITE.busy:
      return `${where} is locked by another process. Stop that process, or use PostgreSQL (DATABASE_URL=postgres://…) for several replicas.`;
    case SQLITE.corrupt:
    case SQLITE.notADatabase:
      return `${where} is damaged or is no SQLite database. Restore a backup, or move the file (with its -wal and -shm) aside to begin a new ledger.`;
    case SQLITE.readOnly:
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return `${where} cannot be written. Give the gateway's user write access to the file and its folder.`;
    case SQLITE.cannotOpen:
    case "ENOENT":
    case "ENOTDIR":
    case "EISDIR":
    case "EEXIST":
      return `${where} cannot be opened. Check that its folder exists and may be written, or set DATABASE_URL to another path.`;
    case SQLITE.full:
    case "ENOSPC":
      return `${where} cannot be written because the disk is full. Free some space.`;
    case SQLITE.io:
      return `${where} cannot be read or written: the disk reports an error. Check it before anything else.`;
    case NEWER_SCHEMA:
      return `${where} was written by a newer version of this program. Start that version, or restore a backup that is older.`;
    case "28P01":
    case "28000":
      return `${where} refuses the user or the password of DATABASE_URL. Correct them.`;
    case "3D000":
      return `${where} does not exist on its server. Create it (createdb), or correct DATABASE_URL.`;
    case "42501":
    case "25006":
      return `${where} does not let this user create or write tables. Grant it, or point DATABASE_URL at the primary.`;
    case "53300":
      return `${where} has no connection to spare. Raise max_connections, or stop what holds them.`;
    default:
      return `${where} cannot be reached${typeof code === "string" ? ` (${code})` : ""}. Check that it runs, and DATABASE_URL.`;
  }
}

/** SQLite's result code, PostgreSQL's SQLSTATE or the operating system's name of the error. */
export function codeOf(error: unknown): number | string | undefined {
  const sqlite = sqliteCode(error);
  if (sqlite !== undefined) return sqlite;
  return isNativeError(error) && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
