import type { Logger } from "../logger";
import type { Store } from "./store";

const DAY_MS = 24 * 3_600_000;
/** Rows of one statement: a few milliseconds. */
const PIECE = 200;
/** Chains looked at in one round, and pieces taken of each. The next round goes on. */
const CHAINS = 50;
const PIECES = 20;

/** Pending consents and idempotency keys whose time is over. */
export async function removeExpired(store: Store): Promise<void> {
  await store.write(async ({ trx, now }) => {
    await trx
      .deleteFrom("authorization_request")
      .where("id", "in", (qb) =>
        qb.selectFrom("authorization_request").select("id").where("expires_at", "<=", now).limit(PIECE),
      )
      .execute();
    const keys = await trx
      .selectFrom("idempotency_key")
      .select("operation_id")
      .where("expires_at", "<=", now)
      .limit(PIECE)
      .execute();
    const ids = keys.map(({ operation_id }) => operation_id);
    if (ids.length > 0) await trx.deleteFrom("idempotency_key").where("operation_id", "in", ids).execute();
  });
}

/** Deletes the oldest events. The hash of the last one deleted stays as the anchor from which the rest verifies. */
export async function pruneEvents(store: Store, days: number, logger: Logger): Promise<void> {
  const before = store.now() - days * DAY_MS;
  const chains = await store.read((db) =>
    db
      .selectFrom("chain_head")
      .innerJoin("audit_event", (join) =>
        join
          .onRef("audit_event.chain", "=", "chain_head.chain")
          .on((eb) => eb("audit_event.position", "=", eb("chain_head.anchor_position", "+", 1))),
      )
      .select("chain_head.chain")
      .where("audit_event.at", "<", before)
      .limit(CHAINS)
      .execute(),
  );
  for (const { chain } of chains) {
    for (let piece = 0; piece < PIECES; piece++) {
      if ((await prunePiece(store, chain, before, logger)) < PIECE) break;
    }
  }
}

async function prunePiece(store: Store, chain: string, before: number, logger: Logger): Promise<number> {
  return store.write(async ({ trx }) => {
    // A write first: it locks the chain's row, so that replicas prune in turn.
    const { anchor_position: anchor } = await trx
      .updateTable("chain_head")
      .set((eb) => ({ anchor_position: eb.ref("anchor_position") }))
      .where("chain", "=", chain)
      .returning("anchor_position")
      .executeTakeFirstOrThrow();
    const oldest = await trx
      .selectFrom("audit_event")
      .select(["position", "hash", "at"])
      .where("chain", "=", chain)
      .where("position", ">", anchor)
      .orderBy("position")
      .limit(PIECE)
      .execute();
    // Up to the first that is young enough: a chain is cut at one place only.
    const young = oldest.findIndex(({ at }) => at >= before);
    const old = young < 0 ? oldest : oldest.slice(0, young);
    const last = old.at(-1);
    if (!last) return 0;
    await trx.deleteFrom("audit_event").where("chain", "=", chain).where("position", "<=", last.position).execute();
    await trx
      .updateTable("chain_head")
      .set({ anchor_position: last.position, anchor_hash: last.hash })
      .where("chain", "=", chain)
      .execute();
    logger.info({ chain, anchor: last.position, hash: last.hash }, "Ledger pruned");
    return old.length;
  });
}
