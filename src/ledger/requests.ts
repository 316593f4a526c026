import { hkdfSync, randomBytes } from "node:crypto";
import { CompactEncrypt, compactDecrypt } from "jose";
import { Failure } from "../failure";
import { sha256 } from "./canonical";
import type { Store } from "./store";

/** What the ledger adds to a pending request, whatever else is in it. */
export interface Pending {
  id: string;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/** Pending consents of all replicas: used once, bound to their owner, gone after ten minutes. */
export interface PendingRequests<R extends { owner: string }> {
  add(request: R): Promise<R & Pending>;
  /** Unknown, used, expired and somebody else's all look the same: `null`. */
  find(id: string, owner: string): Promise<(R & Pending) | null>;
  /** True for exactly one caller: one statement deletes the row. */
  claim(id: string): Promise<boolean>;
}

export const LIFETIME_MS = 10 * 60_000;
/** Of one owner. The oldest goes when it opens another: never anybody else's. */
const MAX_OPEN = 10;
/** Characters of one request. With the bound above it is what one session can make the ledger hold. */
const MAX_SIZE = 64_000;
const ID = /^authorization-request-[\w-]{43}$/;

/**
 * What an app sends along, such as `state`, may hold anything, so it is stored encrypted, and a session's id as a digest.
 * `secret` is what all replicas know; when it changes, those who are deciding start again.
 */
export function createPendingRequests<R extends { owner: string }>(store: Store, secret: string): PendingRequests<R> {
  const seal = createSeal(secret);
  return {
    async add(request) {
      const id = `authorization-request-${randomBytes(32).toString("base64url")}`;
      const text = JSON.stringify(request);
      if (text.length > MAX_SIZE) throw new Failure("BAD_USER_INPUT", "The authorization request is too large.");
      const owner = sha256(request.owner);
      const body = await seal.close(id, text);
      const expiresAt = await store.write(async ({ trx, now }) => {
        const row = { id, owner, created_at: now, expires_at: now + LIFETIME_MS, body };
        await trx.insertInto("authorization_request").values(row).execute();
        await trx
          .deleteFrom("authorization_request")
          .where("id", "in", (qb) =>
            qb
              .selectFrom("authorization_request")
              .select("id")
              .where("owner", "=", owner)
              .where("id", "!=", id)
              .orderBy("created_at", "desc")
              .orderBy("id")
              // SQLite has no OFFSET without LIMIT; nobody has more than this, since every insert comes through here.
              .limit(100)
              .offset(MAX_OPEN - 1),
          )
          .execute();
        return row.expires_at;
      });
      return { ...request, id, expiresAt };
    },

    async find(id, owner) {
      if (!ID.test(id)) return null;
      const row = await store.read((db) =>
        db
          .selectFrom("authorization_request")
          .select(["body", "expires_at"])
          .where("id", "=", id)
          .where("owner", "=", sha256(owner))
          .where("expires_at", ">", store.now())
          .executeTakeFirst(),
      );
      const text = row && (await seal.open(id, row.body));
      if (!row || !text) return null;
      const request: R = JSON.parse(text);
      return request.owner === owner ? { ...request, id, expiresAt: row.expires_at } : null;
    },

    claim: (id) =>
      store.write(async ({ trx, now }) => {
        const { numDeletedRows } = await trx
          .deleteFrom("authorization_request")
          .where("id", "=", id)
          .where("expires_at", ">", now)
          .executeTakeFirst();
        return numDeletedRows === 1n;
      }),
  };
}

/** A JWE (RFC 7516) that names the row it stands in. `open` is `null` for what was closed with another secret, or moved. */
function createSeal(secret: string) {
  const key = new Uint8Array(hkdfSync("sha256", secret, "", "pending consents", 32));
  return {
    close: (id: string, text: string): Promise<string> =>
      new CompactEncrypt(Buffer.from(text)).setProtectedHeader({ alg: "dir", enc: "A256GCM", kid: id }).encrypt(key),
    async open(id: string, jwe: string): Promise<string | null> {
      try {
        const { plaintext, protectedHeader } = await compactDecrypt(jwe, key);
        return protectedHeader.kid === id ? Buffer.from(plaintext).toString("utf8") : null;
      } catch {
        return null;
      }
    },
  };
}
