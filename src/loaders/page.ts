import { createHash } from "node:crypto";
import { z } from "zod";
import { Failure } from "../failure";

/** Upstream's largest page. */
export const MAX_UPSTREAM_LIMIT = 1000;

/** One page of a Relay connection, as read from upstream. */
export interface Page<T> {
  records: T[];
  /** The cursor of one record, made when asked for: most queries select no more than the last. */
  cursorAt(index: number): string;
  /** Where the next page starts, if that is not behind the last record. */
  endCursor?: string;
  hasNextPage: boolean;
  hasPreviousPage: boolean;
  /** `null` where Stytch does not count (it says -1). */
  totalCount: number | null;
}

/** Calls of `readPage`: one that a cursor reaches may lie deep inside an upstream page. */
export const callsForPage = ({ after }: { after?: unknown }): number => (after == null ? 1 : 2);

export interface PageArguments {
  first: number;
  after: string | null;
}

export interface Rows<T> {
  rows: T[];
  next: string | null | undefined;
  total: number;
}

/**
 * Where a row stands: `skip` rows after what the upstream cursor points at. Upstream gives cursors for page ends only,
 * and none at all for rows that came with another Organization's, so the rest is counted from the last known one.
 */
interface Position {
  cursor: string;
  skip: number;
}

const START: Position = { cursor: "", skip: 0 };
const Cursor = z.tuple([z.string(), z.string(), z.int().min(0).max(MAX_UPSTREAM_LIMIT)]);

/** A place is counted in one list under one filter, so its cursor is of no other. */
export function listUnder(connection: string, filter: object): string {
  const asked = Object.entries(filter).filter(([, value]) => value !== null && value !== undefined);
  if (asked.length === 0) return connection;
  const digest = createHash("sha256").update(JSON.stringify(asked.sort())).digest("base64url");
  return `${connection}?${digest.slice(0, 12)}`;
}

/** `connection` names the list, so that a cursor of one list is refused by another. */
export const encodeCursor = (connection: string, { cursor, skip }: Position): string =>
  Buffer.from(JSON.stringify([connection, cursor, skip])).toString("base64url");

/** `null` is the start. @throws BAD_USER_INPUT */
export function decodeCursor(connection: string, after: string | null): Position {
  if (after === null) return START;
  try {
    const [name, cursor, skip] = Cursor.parse(JSON.parse(Buffer.from(after, "base64url").toString("utf8")));
    if (name === connection) return { cursor, skip };
  } catch {
    // Not ours: answered below.
  }
  throw new Failure(
    "BAD_USER_INPUT",
    "after is not a cursor of this connection with this filter. Use an endCursor that it gave you.",
  );
}

/**
 * Reads one page with one upstream call (two if `after` lies very deep inside an upstream page).
 * Assumes that Stytch's cursors are valid for any limit (unconfirmed: no public source says so).
 */
export async function readPage<T>(
  connection: string,
  { first, after }: PageArguments,
  search: (page: { limit: number; cursor?: string }) => Promise<Rows<T>>,
): Promise<Page<T>> {
  let start = decodeCursor(connection, after);
  const read = (cursor: string, limit: number) => search({ limit, ...(cursor && { cursor }) });
  if (start.skip + first > MAX_UPSTREAM_LIMIT) {
    const skipped = await read(start.cursor, start.skip);
    if (!skipped.next)
      return { ...firstPage<T>(connection, [], first), hasPreviousPage: true, totalCount: count(skipped.total) };
    start = { cursor: skipped.next, skip: 0 };
  }
  const { rows, next, total } = await read(start.cursor, start.skip + first);
  const records = rows.slice(start.skip);
  return {
    records,
    cursorAt: (index) =>
      encodeCursor(
        connection,
        next && index === records.length - 1
          ? { cursor: next, skip: 0 }
          : { cursor: start.cursor, skip: start.skip + index + 1 },
      ),
    hasNextPage: Boolean(next),
    hasPreviousPage: after !== null,
    totalCount: count(total),
  };
}

/** The first page out of a list that is known to be complete. */
export function firstPage<T>(connection: string, rows: readonly T[], first: number): Page<T> {
  return {
    records: rows.slice(0, first),
    cursorAt: (index) => encodeCursor(connection, { cursor: "", skip: index + 1 }),
    hasNextPage: rows.length > first,
    hasPreviousPage: false,
    totalCount: rows.length,
  };
}

const count = (total: number) => (total < 0 ? null : total);

/** One page of a list that is ours, so that a position is enough of a cursor. */
export async function keysetPage<T>(
  connection: string,
  { first, after }: PageArguments,
  read: (
    first: number,
    after: number | null,
  ) => Promise<{ records: T[]; hasMore: boolean; cursorOf(record: T): number }>,
): Promise<Page<T>> {
  const position = after === null ? null : Number(decodeCursor(connection, after).cursor);
  const { records, hasMore, cursorOf } = await read(first, position);
  return {
    records,
    cursorAt: (index) => {
      const record = records[index];
      return encodeCursor(connection, { cursor: record === undefined ? "" : String(cursorOf(record)), skip: 0 });
    },
    hasNextPage: hasMore,
    hasPreviousPage: after !== null,
    totalCount: null,
  };
}
