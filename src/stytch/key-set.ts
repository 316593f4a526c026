import { setTimeout as pause } from "node:timers/promises";
import { importJWK, type JWK, type KeyLike } from "jose";

/** Stytch's own algorithm; a token that names another is none of Stytch's. */
export const ALGORITHM = "RS256";

/** A set is read again after this time; a key that Stytch has withdrawn is accepted no longer. */
const MAX_AGE_MS = 600_000;
/** Between two reads for the sake of keys that are not in the set. */
const COOLDOWN_MS = 2_000;
/** The key set could not be read, so nothing is known about the token. */
export class KeySetUnavailable extends Error {}

/** Not a key of this project, by a set whose read began after the token had come. */
export class UnknownKey extends Error {}

/** Told before a token waits for a read. If it throws, the token does not wait. */
export type OnUnknownKey = () => Promise<void>;

/**
 * The project's signing keys, by id. A token whose key is unknown waits for the next read, so that a rotated key is known
 * in `COOLDOWN_MS` at most and nobody is refused meanwhile; and however many invented keys come, they cause no more than
 * one read in that time. Who waits holds a connection, and those are bounded (`SOCKETS` of `http/sockets.ts`).
 */
export function createKeySet(read: () => Promise<{ keys: JWK[] }>) {
  let keys = new Map<string, KeyLike>();
  let readAt = Number.NEGATIVE_INFINITY;
  let next: Promise<void> | undefined;

  async function refresh(): Promise<void> {
    await pause(Math.max(0, readAt + COOLDOWN_MS - performance.now()));
    const startedAt = performance.now();
    const set = await read().catch((cause: unknown) => {
      throw new KeySetUnavailable("The key set could not be read.", { cause });
    });
    const found = new Map<string, KeyLike>();
    for (const jwk of set.keys) {
      const isOurs =
        jwk.kid && jwk.kty === "RSA" && (jwk.alg ?? ALGORITHM) === ALGORITHM && (jwk.use ?? "sig") === "sig";
      const key = isOurs ? await importJWK(jwk, ALGORITHM) : undefined;
      if (jwk.kid && key && !(key instanceof Uint8Array)) found.set(jwk.kid, key);
    }
    keys = found;
    readAt = startedAt;
  }

  /** Everybody who waits, waits for the same read. */
  function nextRead(): Promise<void> {
    next ??= refresh().finally(() => {
      next = undefined;
    });
    return next;
  }

  /** @throws UnknownKey, KeySetUnavailable, or what `onUnknownKey` throws */
  return async function keyOf(keyId: string | undefined, onUnknownKey: OnUnknownKey): Promise<KeyLike> {
    if (keyId === undefined) throw new UnknownKey("The token names no key.");
    const cameAt = performance.now();
    if (performance.now() - readAt > MAX_AGE_MS) await nextRead();
    for (let isCounted = false; ; isCounted = true) {
      const found = keys.get(keyId);
      if (found) return found;
      if (readAt >= cameAt) throw new UnknownKey("The token names a key that is none of this project's.");
      // Twice at most: a read that is under way may have begun before the key was made.
      await (isCounted ? nextRead() : onUnknownKey());
    }
  };
}
