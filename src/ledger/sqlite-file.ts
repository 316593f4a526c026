import { type BigIntStats, statSync } from "node:fs";
import type { SqliteHandle } from "./sqlite-engine";

/** Which files lay at the path: device and inode, of the database and of its write-ahead log. */
interface Found {
  file: string | undefined;
  log: string | undefined;
  logSize: bigint;
}

export interface OpenConnection {
  /** Moves what is in the log to the file it was opened with. `false` when somebody reads or writes at the moment. */
  fold(): boolean;
  close(): void;
}

/**
 * The file of all connections of one database. Systems let a file be deleted or replaced while it is open, and SQLite goes
 * on writing to the one that nobody can find any more: https://www.sqlite.org/howtocorrupt.html#_unlinking_or_renaming_a_database_file_while_in_use
 *
 * What it takes for the right one when another lies at the path is up to `check`, which throws. A missing file is never made
 * anew: that would begin a new chain without a word.
 */
export class SqliteFile {
  /** Two: one writes and one reads. */
  readonly #open = new Set<OpenConnection>();
  /** Of the first opening, and of every later one. */
  #known: Found | undefined;

  constructor(
    readonly path: string,
    private readonly check: (handle: SqliteHandle) => void,
  ) {}

  /** Two `stat`s, some microseconds, before and after each transaction. @throws Error with what to do */
  requireInPlace(): void {
    if (!this.#known) return;
    const now = this.#look();
    if (now.file === undefined) {
      throw new Error(
        `${this.path} was deleted or moved. Put it back, or restore a backup there; nothing is recorded.`,
      );
    }
    if (this.#open.size > 0) this.#compare(now, this.#known);
    else if (now.file !== this.#known.file && now.log === this.#known.log && now.logSize > 0) {
      throw new Error(`${this.path}-wal belongs to another file than ${this.path}. Move it away; nothing is recorded.`);
    }
  }

  /** Before the first statement on a new connection. */
  opening(handle: SqliteHandle): void {
    if (!this.#known) return;
    try {
      this.check(handle);
    } catch (cause) {
      throw new Error(
        `${this.path} is not this program's ledger. Put it back, or restore a backup; nothing is recorded.`,
        {
          cause,
        },
      );
    }
  }

  /** When its log is there as well. */
  opened(connection: OpenConnection): void {
    const now = this.#look();
    const others = this.#open.size;
    this.#open.add(connection);
    if (others > 0 && this.#known) this.#compare(now, this.#known);
    else this.#known = now;
  }

  closed(connection: OpenConnection): void {
    this.#open.delete(connection);
  }

  #compare(now: Found, known: Found): void {
    // An empty database has no log before the first transaction.
    if (now.file === known.file && known.log === undefined) this.#known = now;
    else if (now.file !== known.file || now.log !== known.log) this.#leave(now, known);
  }

  #leave(now: Found, known: Found): never {
    const connections = [...this.#open];
    const folded = connections.some((connection) => connection.fold());
    if (now.file === known.file) {
      // Closed before, what is in the lost log would be lost.
      if (folded) for (const { close } of connections) close();
      throw new Error(`${this.path}-wal was deleted or moved while it was in use. A new one is begun.`);
    }
    // All of them: connections with different logs for one file would damage it.
    for (const { close } of connections) close();
    throw new Error(
      `${this.path} was replaced while it was in use. What is there now is opened; "verify --heads" with this log says what it lacks.`,
    );
  }

  #look(): Found {
    const [file, log] = [this.path, `${this.path}-wal`].map((path) =>
      statSync(path, { bigint: true, throwIfNoEntry: false }),
    );
    return { file: nameOf(file), log: nameOf(log), logSize: log?.size ?? 0n };
  }
}

const nameOf = (found: BigIntStats | undefined) => found && `${found.dev}:${found.ino}`;
