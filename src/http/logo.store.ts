import { LRUCache } from "lru-cache";
import { createPictureFetcher, type Picture } from "./logo.fetch";

/** Bytes of all pictures that are kept. Beyond it the ones longest unused go, and are fetched again when asked for. */
const MAX_BYTES = 16_000_000;
const MAX_ENTRIES = 1000;
const KEEP_MS = 60 * 60_000;
/** A failure is remembered too, so that an address that hangs costs its deadline once, not at every page. */
const KEEP_FAILURE_MS = 5 * 60_000;
/** Who comes while so many are being fetched sees an initial: a slow host must not make a queue. */
const MAX_FETCHES = 8;
/** An entry's own weight, so that failures count as well. */
const OVERHEAD = 500;

export interface PictureStore {
  /** `null`: it cannot be had, now or at all. */
  get(address: string): Promise<Picture | null>;
}

/** @param onFailure told of every picture that could not be had, once for each try. */
export function createPictureStore(
  allowed: readonly string[],
  onFailure: (address: string, error: unknown) => void,
): PictureStore {
  const fetchPicture = createPictureFetcher(allowed);
  const kept = new LRUCache<string, { picture: Picture | null }>({
    max: MAX_ENTRIES,
    maxSize: MAX_BYTES,
    sizeCalculation: ({ picture }, address) => OVERHEAD + address.length + (picture?.body.length ?? 0),
    ttl: KEEP_MS,
  });
  const fetching = new Map<string, Promise<Picture | null>>();

  async function load(address: string): Promise<Picture | null> {
    const picture = await fetchPicture(address).catch((error: unknown) => {
      onFailure(address, error);
      return null;
    });
    kept.set(address, { picture }, { ttl: picture ? KEEP_MS : KEEP_FAILURE_MS });
    fetching.delete(address);
    return picture;
  }

  return {
    async get(address) {
      const found = kept.get(address);
      if (found) return found.picture;
      const pending = fetching.get(address);
      if (pending) return pending;
      if (fetching.size >= MAX_FETCHES) return null;
      const loading = load(address);
      fetching.set(address, loading);
      return loading;
    },
  };
}
