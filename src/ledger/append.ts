import type { Transaction } from "kysely";
import { contentHash, GENESIS, type Head, linkHash } from "./chain";
import { chainOf, type NewEvent, toContent } from "./event";
import type { AuditEventRow, Tables } from "./schema";

const PIECE = 100;

/**
 * Adds events to their chains, in the caller's transaction. The first statement is a write, and so it is the lock: of the
 * one row that counts all events on PostgreSQL, of the file on SQLite. Whoever holds it appends alone until its commit,
 * which makes positions gapless, orders them by commit and leaves nothing to deadlock on.
 */
export async function appendEvents(trx: Transaction<Tables>, events: readonly NewEvent[], at: number): Promise<Head[]> {
  const { last } = await trx
    .updateTable("event_order")
    .set((eb) => ({ last: eb("last", "+", events.length) }))
    .where("id", "=", 1)
    .returning("last")
    .executeTakeFirstOrThrow();
  let order = last - events.length;

  const chains = [...new Set(events.map(chainOf))];
  const stored = await trx
    .selectFrom("chain_head")
    .select(["chain", "position", "hash"])
    .where("chain", "in", chains)
    .execute();
  const heads = new Map<string, Head>(stored.map((head) => [head.chain, head]));
  const rows: AuditEventRow[] = [];
  for (const event of events) {
    const chain = chainOf(event);
    const previous = heads.get(chain) ?? { chain, position: 0, hash: GENESIS };
    const content = toContent(event);
    const link = { chain, position: previous.position + 1, order: ++order, at, content_hash: contentHash(content) };
    const hash = linkHash(link, previous.hash);
    rows.push({ ...link, ...content, hash, erased_at: null });
    heads.set(chain, { chain, position: link.position, hash });
  }

  // In pieces: on SQLite a statement holds the event loop, and takes 32,766 parameters at most.
  for (let from = 0; from < rows.length; from += PIECE) {
    await trx
      .insertInto("audit_event")
      .values(rows.slice(from, from + PIECE))
      .execute();
  }
  const latest = [...heads.values()];
  await trx
    .insertInto("chain_head")
    .values(latest.map((head) => ({ ...head, at, anchor_position: 0, anchor_hash: GENESIS })))
    .onConflict((conflict) =>
      conflict.column("chain").doUpdateSet((eb) => ({
        position: eb.ref("excluded.position"),
        hash: eb.ref("excluded.hash"),
        at: eb.ref("excluded.at"),
      })),
    )
    .execute();
  return latest;
}
