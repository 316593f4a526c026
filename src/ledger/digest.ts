import { createHash } from "node:crypto";
import type { Json } from "./canonical";

/** What a field was to become, so that it can be recognised without being kept. */
export const digest = (value: unknown): string =>
  createHash("sha256")
    .update(JSON.stringify(Array.isArray(value) ? value.toSorted() : value) ?? "")
    .digest("hex");

/** The same for each field of a request: what the sweeper needs to tell whether it was done. */
export const digests = (fields: object): Record<string, Json> =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, digest(value)]));

const EMPTY = new Set([null, "", []].map(digest));
const isEmpty = (value: unknown) => value === undefined || value === null || value === "" || isEmptyList(value);
const isEmptyList = (value: unknown) => Array.isArray(value) && value.length === 0;

/** Whether a record is as `digests` said. A missing value, null and an empty one are the same: Stytch shows any of them. */
export const isAsWanted = (record: object, wanted: Record<string, Json>): boolean =>
  Object.entries(wanted).every(([field, mark]) => {
    const found: unknown = Reflect.get(record, field);
    return isEmpty(found) ? EMPTY.has(String(mark)) : digest(found) === mark;
  });
