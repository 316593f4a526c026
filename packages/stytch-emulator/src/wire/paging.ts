import type { Table } from "../state/tables/table";
import { StytchApiError } from "./errors";
import type { JsonObject } from "./json";

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

export interface Page<T> {
  records: T[];
  results_metadata: { total: number; next_cursor: string | null };
}

/**
 * One page of records that are already in order of creation (U13). A cursor is good for any limit and points behind the
 * last record given, so that records made or deleted between two pages neither repeat nor hide others.
 */
export function pageOf<T>(
  records: readonly T[],
  table: Table<T>,
  idOf: (record: T) => string,
  body: JsonObject,
): Page<T> {
  const limit = parseLimit(body.limit);
  const after = parseCursor(body.cursor);
  const start = after === 0 ? 0 : records.findIndex((record) => table.sequenceOf(idOf(record)) > after);
  const page = start < 0 ? [] : records.slice(start, start + limit);
  const last = page.at(-1);
  const hasMore = last !== undefined && start + limit < records.length;
  return {
    records: page,
    results_metadata: {
      total: records.length,
      next_cursor: hasMore ? formatCursor(table.sequenceOf(idOf(last))) : null,
    },
  };
}

/** U13: 0 is taken as the default. */
function parseLimit(value: unknown): number {
  if (value === undefined || value === null || value === 0) return DEFAULT_LIMIT;
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > MAX_LIMIT) {
    throw new StytchApiError("user_search_invalid_limit");
  }
  return value;
}

const formatCursor = (sequence: number): string => Buffer.from(`after:${sequence}`).toString("base64url");

function parseCursor(value: unknown): number {
  if (value === undefined || value === null || value === "") return 0;
  const decoded = typeof value === "string" ? Buffer.from(value, "base64url").toString("utf8") : "";
  const [, sequence] = /^after:([1-9]\d{0,14})$/.exec(decoded) ?? [];
  if (sequence === undefined) throw new StytchApiError("user_search_invalid_cursor");
  return Number(sequence);
}
