import type { Kysely } from "kysely";
import { canonical, type Json, sha256 } from "./canonical";
import type { Actor } from "./event";
import type { Tables } from "./schema";
import type { Unit } from "./store";

/** How long a repeat is recognised. */
const LIFETIME_MS = 24 * 3_600_000;

export interface IdempotencyKey {
  /** At most 64 characters; checked by whoever reads it. Only its digest is stored. */
  key: string;
  /** The whole input, by which another one under the same key is recognised. Only its digest is stored. */
  input: Json;
}

export type Claimed =
  | { kind: "claimed" }
  /** It was done before: nothing is sent again. The id is of the Connected App. */
  | { kind: "replayed"; connectedAppId: string | null }
  /** The same is under way at this moment, or its answer was lost and the sweeper has not settled it yet. */
  | { kind: "inFlight" }
  /** Its answer was lost, and nobody can tell any more whether it was done. */
  | { kind: "untold" }
  /** The key was used with another input. */
  | { kind: "reused" };

export const callerOf = ({ kind, id }: Actor): string => `${kind}:${id ?? ""}`;

/** Exactly one of several concurrent callers with one key gets `claimed`: the table's primary key decides. */
export async function claimKey(
  { trx, now }: Unit,
  actor: Actor,
  { key, input }: IdempotencyKey,
  operationId: string,
): Promise<Claimed> {
  const caller = callerOf(actor);
  const digest = sha256(key);
  const inputHash = sha256(`${key}\n${canonical(input)}`);
  const fresh = {
    caller,
    key: digest,
    input_hash: inputHash,
    operation_id: operationId,
    app_id: null,
    done_at: null,
    expires_at: now + LIFETIME_MS,
  };
  const claimed = await trx
    .insertInto("idempotency_key")
    .values(fresh)
    .onConflict((conflict) =>
      conflict.columns(["caller", "key"]).doUpdateSet(fresh).where("idempotency_key.expires_at", "<=", now),
    )
    .returning("operation_id")
    .executeTakeFirst();
  if (claimed) return { kind: "claimed" };
  const { input_hash, done_at, app_id, operation_id } = await trx
    .selectFrom("idempotency_key")
    .selectAll()
    .where("caller", "=", caller)
    .where("key", "=", digest)
    .executeTakeFirstOrThrow();
  if (input_hash !== inputHash) return { kind: "reused" };
  if (done_at !== null) return { kind: "replayed", connectedAppId: app_id };
  const open = await trx.selectFrom("operation").select("id").where("id", "=", operation_id).executeTakeFirst();
  return { kind: open ? "inFlight" : "untold" };
}

/** Whether `claimKey` would find this key taken: a look, which claims nothing. */
export async function isKeyTaken(
  db: Kysely<Tables>,
  actor: Actor,
  { key }: Pick<IdempotencyKey, "key">,
  now: number,
): Promise<boolean> {
  const taken = await db
    .selectFrom("idempotency_key")
    .select("operation_id")
    .where("caller", "=", callerOf(actor))
    .where("key", "=", sha256(key))
    .where("expires_at", ">", now)
    .executeTakeFirst();
  return taken !== undefined;
}

/** A deed that was done is never done again; one that was not may be tried again under the same key. */
export async function releaseKey(
  { trx, now }: Unit,
  operationId: string,
  done: boolean,
  appId: string | null,
): Promise<void> {
  if (done) {
    await trx
      .updateTable("idempotency_key")
      .set({ done_at: now, app_id: appId })
      .where("operation_id", "=", operationId)
      .execute();
  } else {
    await trx.deleteFrom("idempotency_key").where("operation_id", "=", operationId).execute();
  }
}
