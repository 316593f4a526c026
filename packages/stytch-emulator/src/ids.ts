import { createHash, randomUUID } from "node:crypto";

export type IdPrefix =
  | "organization"
  | "member"
  | "connected-app"
  | "m2m-client"
  | "member-session"
  | "request-id"
  | "email";

export const newId = (prefix: IdPrefix): string => `${prefix}-test-${randomUUID()}`;

/** The same name gives the same id in every process, so that examples and tests can rely on seeded ids. */
export function seededId(prefix: IdPrefix, name: string): string {
  const hex = createHash("sha256").update(`${prefix}:${name}`).digest("hex");
  const uuid = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)];
  return `${prefix}-test-${uuid.join("-")}`;
}

export const seededSecret = (name: string): string =>
  createHash("sha512").update(`secret:${name}`).digest().subarray(0, 33).toString("base64url");
