import { decodeCursor, encodeCursor, MAX_UPSTREAM_LIMIT, type Page, type PageArguments, type Rows } from "./page";

/**
 * One page of a list that upstream cannot filter: one call, for as many rows as upstream gives at once. A page may hold
 * fewer than `first`, even none, and still lead on: its `endCursor` stands behind the last row that was looked at.
 */
export async function readFilteredPage<T>(
  connection: string,
  { first, after }: PageArguments,
  search: (page: { limit: number; cursor?: string }) => Promise<Rows<T>>,
  matches: (row: T) => boolean,
): Promise<Page<T>> {
  const { cursor, skip } = decodeCursor(connection, after);
  const { rows, next } = await search({ limit: MAX_UPSTREAM_LIMIT, ...(cursor && { cursor }) });
  const found = rows.flatMap((row, index) => (matches(row) ? [{ row, index }] : []));
  const ahead = found.filter(({ index }) => index >= skip);
  const taken = ahead.slice(0, first);
  const isRead = ahead.length <= first;
  const place = (index: number) => encodeCursor(connection, { cursor, skip: index + 1 });
  const nextPlace = next ? encodeCursor(connection, { cursor: next, skip: 0 }) : null;
  return {
    records: taken.map(({ row }) => row),
    cursorAt: (position) => place(taken[position]?.index ?? skip),
    ...(isRead && nextPlace !== null && { endCursor: nextPlace }),
    hasNextPage: !isRead || nextPlace !== null,
    hasPreviousPage: after !== null,
    // Known only where every row was looked at.
    totalCount: cursor === "" && !next ? found.length : null,
  };
}
