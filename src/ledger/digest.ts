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
