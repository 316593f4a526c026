import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { HashedSecret, StoredSecret } from "../state/records";

/** Secrets, session tokens, codes and refresh tokens are 44 characters of URL-safe base64, as in Stytch's examples. */
export const randomToken = (): string => randomBytes(33).toString("base64url");

/** A fast hash is enough: the text has 264 random bits. */
const hash = (text: string): Buffer => createHash("sha256").update(text).digest();

export const hashSecret = (text: string): HashedSecret => ({ hash: hash(text), lastFour: text.slice(-4) });

/** While a rotation is open both secrets are good. Compares in constant time. */
export function secretMatches(stored: StoredSecret, presented: string): boolean {
  const given = hash(presented);
  const current = timingSafeEqual(stored.current.hash, given);
  const next = stored.next ? timingSafeEqual(stored.next.hash, given) : false;
  return current || next;
}

/** The last-four pair of a client record; `next_…` is set while a rotation is open. */
export const lastFours = (stored: StoredSecret) => ({
  client_secret_last_four: stored.current.lastFour,
  next_client_secret_last_four: stored.next?.lastFour ?? null,
});
