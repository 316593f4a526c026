import { errors } from "jose";
import { ClientError } from "stytch";

/** At most one look for new keys in this time, whatever tokens name. */
const RENEW_MS = 2000;

/**
 * Checks tokens with the project's keys. The SDK looks for a new key 30 s after it last loaded them at the earliest, so
 * for that long a rotated key would refuse everybody. A new client loads them at once; it takes the old one's place as
 * soon as it has verified a token, so keys that work are never lost to a failed download.
 */
export function createVerifier<Client>(make: () => Client, first: Client) {
  let current = first;
  let candidate = first;
  let renewedAt = Number.NEGATIVE_INFINITY;

  return async function verify<T>(check: (client: Client) => Promise<T>): Promise<T> {
    try {
      return await check(current);
    } catch (error) {
      if (!isKeyUnknown(error)) throw error;
      const now = performance.now();
      if (now - renewedAt > RENEW_MS) {
        renewedAt = now;
        candidate = make();
      }
      const used = candidate;
      const result = await check(used);
      current = used;
      return result;
    }
  };
}

const isKeyUnknown = (error: unknown): boolean =>
  error instanceof ClientError && error.cause instanceof errors.JWKSNoMatchingKey;
