import type { Logger } from "../logger";
import type { Store } from "./store";

const DAY_MS = 24 * 3_600_000;
/** Rows of one statement, and events of one transaction: a few milliseconds. An event stands in six indexes. */
const PIECE = 200;
const EVENTS = 50;
/** Chains looked at in one round, and pieces taken of each. The next round goes on. */
const CHAINS = 500;
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

/**
 * Deletes the oldest events. The hash of the last one deleted stays as the anchor from which the rest verifies. Each call
 * looks at the next few hundred chains.
 */
export function createPruning(store: Store, days: number, logger: Logger): () => Promise<void> {
  let after = "";
  return async () => {
    const before = store.now() - days * DAY_MS;
    const chains = await store.read((db) =>
      db
        .selectFrom("chain_head")
        .select("chain")
        .select((eb) =>
          eb
            .selectFrom("audit_event")
            .select("at")
            .whereRef("audit_event.chain", "=", "chain_head.chain")
            .where("audit_event.position", "=", (inner) => inner("chain_head.anchor_position", "+", 1))
            .as("oldest"),
        )
        .where("chain", ">", after)
        .orderBy("chain")
        .limit(CHAINS)
        .execute(),
    );
    after = chains.length < CHAINS ? "" : (chains.at(-1)?.chain ?? "");
    for (const { chain, oldest } of chains) {
      if (oldest === null || oldest >= before) continue;
      for (let piece = 0; piece < PIECES; piece++) {
        if ((await prunePiece(store, chain, before, logger)) < EVENTS) break;
      }
    }
  };
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
      .limit(EVENTS)
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
