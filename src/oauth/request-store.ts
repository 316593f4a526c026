import { randomBytes } from "node:crypto";
import Keyv from "keyv";
import { LRUCache } from "lru-cache";
import type { AuthorizationParameters } from "./parameters";

/** A scope as it was shown to the Member. */
export interface ShownScope {
  scope: string;
  description: string;
  grantable: boolean;
}

/** One pending consent. It holds what the client asked for and nothing about the Member but, for services, an id. */
export interface StoredRequest {
  id: string;
  /** The session, or the operator service, that started it. Nobody else can see or decide it. */
  owner: string;
  parameters: AuthorizationParameters;
  /** On whose behalf a service asks; `null` when the owner's own session says it. */
  member: { organizationId: string; memberId: string } | null;
  scopes: ShownScope[];
  consentRequired: boolean;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

export type Clock = () => Date;

export interface RequestStore {
  add(request: Omit<StoredRequest, "id" | "expiresAt">): Promise<StoredRequest>;
  /** Unknown, used, expired and somebody else's all look the same: `null`. */
  find(id: string, owner: string): Promise<StoredRequest | null>;
  /** True for exactly one caller: deleting a key is atomic in a Map and in Redis. */
  claim(id: string): Promise<boolean>;
}

export const LIFETIME_MS = 10 * 60_000;
/** Characters of all pending requests in one process without Redis. Beyond it the oldest are dropped. */
const MAX_MEMORY = 64_000_000;
const ID = /^authorization-request-[\w-]{43}$/;

/** For one process. Bounded, so that nobody can fill the memory by starting requests. */
export function createMemoryKeyv(): Keyv {
  const cache = new LRUCache<string, string>({
    maxSize: MAX_MEMORY,
    sizeCalculation: (value) => value.length,
    ttl: LIFETIME_MS,
  });
  return new Keyv({
    store: {
      get: (key: string) => cache.get(key),
      set: (key: string, value: string) => void cache.set(key, value),
      delete: (key: string) => cache.delete(key),
      clear: () => cache.clear(),
    },
  });
}

/** Any Keyv will do; one on Redis lets several gateways share their pending requests. */
export function createRequestStore(keyv: Keyv, clock: Clock): RequestStore {
  return {
    async add(request) {
      const id = `authorization-request-${randomBytes(32).toString("base64url")}`;
      const stored = { ...request, id, expiresAt: clock().getTime() + LIFETIME_MS };
      if (!(await keyv.set(id, stored, LIFETIME_MS))) throw new Error("The authorization request could not be stored.");
      return stored;
    },
    async find(id, owner) {
      if (!ID.test(id)) return null;
      const stored = await keyv.get<StoredRequest>(id);
      return stored && stored.owner === owner && stored.expiresAt > clock().getTime() ? stored : null;
    },
    claim: (id) => keyv.delete(id),
  };
}
