import { z } from "zod";
import { Failure } from "../failure";
import type { Page } from "./page";

/** A page of a list in the gateway's own database: a cursor names the place of its record, whatever came or went since. */
export interface KeysetPage<T, P> {
  records: T[];
  placeOf(record: T): P;
  hasMore: boolean;
  total: number;
}

export function keysetPage<T, P>(connection: string, after: string | null, page: KeysetPage<T, P>): Page<T> {
  const { records, placeOf, hasMore, total } = page;
  return {
    records,
    cursorAt(index) {
      const record = records[index];
      if (record === undefined) throw new Error("There is no such record on this page.");
      return Buffer.from(JSON.stringify([connection, placeOf(record)])).toString("base64url");
    },
    hasNextPage: hasMore,
    hasPreviousPage: after !== null,
    totalCount: total,
  };
}

/** @throws Failure BAD_USER_INPUT for anything but a cursor of this connection */
export function placeIn<P>(connection: string, after: string | null, place: z.ZodType<P>): P | null {
  if (after === null) return null;
  try {
    return z
      .tuple([z.literal(connection), place])
      .parse(JSON.parse(Buffer.from(after, "base64url").toString("utf8")))[1];
  } catch {
    throw new Failure("BAD_USER_INPUT", "after is not a cursor of this connection. Use an endCursor that it gave you.");
  }
}
