import type { IncomingHttpHeaders } from "node:http";

/** Readable by the server only, and sent along when a link leads here. */
const ATTRIBUTES = "SameSite=Lax; HttpOnly";

export const setCookie = (name: string, value: string): string => `${name}=${value}; Path=/; ${ATTRIBUTES}`;

export const clearCookie = (name: string): string => `${setCookie(name, "")}; Max-Age=0`;

export function cookieOf(headers: IncomingHttpHeaders, name: string): string | null {
  for (const pair of headers.cookie?.split(";") ?? []) {
    const [key, ...value] = pair.trim().split("=");
    if (key === name) return value.join("=");
  }
  return null;
}
