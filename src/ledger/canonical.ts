import { createHash } from "node:crypto";

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined };

/** JSON with sorted keys at every depth: the same text whatever engine, order of insertion or program made it. */
export function canonical(value: Json): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonical).join(",")}]`;
  const entries = Object.entries(value).flatMap(([key, inner]) => (inner === undefined ? [] : [{ key, inner }]));
  entries.sort((a, b) => (a.key < b.key ? -1 : 1));
  return `{${entries.map(({ key, inner }) => `${JSON.stringify(key)}:${canonical(inner)}`).join(",")}}`;
}

const isList = (value: object): value is readonly Json[] => Array.isArray(value);

export const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
