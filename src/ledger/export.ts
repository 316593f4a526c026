import type { Kysely } from "kysely";
import { eventLine, headLine } from "./export-line";
import type { ChainHeadRow, Tables } from "./schema";

export interface ExportOptions {
  /** One Organization's chain; all chains when left out. */
  organizationId?: string | undefined;
  /** From the first event of each chain at or after it. */
  since?: Date | undefined;
}

const PIECE = 500;

/** JSON Lines: the events of each chain, oldest first, each with the hash before it; then one line with the chain's head. */
export async function* exportLines(
  db: Kysely<Tables>,
  { organizationId, since }: ExportOptions,
): AsyncGenerator<string> {
  for (let after = ""; ; ) {
    let query = db.selectFrom("chain_head").selectAll().where("chain", ">", after).orderBy("chain").limit(PIECE);
    if (organizationId !== undefined) query = query.where("chain", "=", organizationId);
    const heads = await query.execute();
    for (const head of heads) {
      yield* exportChain(db, head, since);
      after = head.chain;
    }
    if (heads.length < PIECE) return;
  }
}

async function* exportChain(db: Kysely<Tables>, head: ChainHeadRow, since: Date | undefined): AsyncGenerator<string> {
  const { chain } = head;
  const rows = () => db.selectFrom("audit_event").selectAll().where("chain", "=", chain);
  const first = since
    ? await rows()
        .where("at", ">=", since.getTime())
        .where("position", "<=", head.position)
        .orderBy("position")
        .limit(1)
        .executeTakeFirst()
    : undefined;
  // Of a chain without younger events only the head: so that it is not missed where the export is checked.
  let position = since ? (first?.position ?? head.position + 1) - 1 : head.anchor_position;
  const before =
    position > head.anchor_position ? await rows().where("position", "=", position).executeTakeFirst() : undefined;
  let previousHash = before?.hash ?? head.anchor_hash;
  for (;;) {
    const some = await rows()
      .where("position", ">", position)
      .where("position", "<=", head.position)
      .orderBy("position")
      .limit(PIECE)
      .execute();
    for (const row of some) {
      yield eventLine(row, previousHash);
      previousHash = row.hash;
      position = row.position;
    }
    if (some.length < PIECE) break;
  }
  yield headLine(head);
}
