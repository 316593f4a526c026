import type { Kysely } from "kysely";
import { sql } from "kysely";
import { type Break, createChainCheck } from "./check";
import type { LoggedHeads } from "./logged-heads";
import type { ChainHeadRow, Tables } from "./schema";

export interface Verdict {
  chains: number;
  events: number;
  /** Events whose content was erased: their place in the chain was checked, and nothing else. */
  erased: number;
  /** Events before the anchors: pruned. */
  pruned: number;
  /** The first break of each chain that has one. */
  breaks: Break[];
}

const PIECE = 500;

/**
 * Every chain, link by link, in pieces. `logged` are lines of the log ("Ledger head"): only they can show that the end of a
 * chain was cut off together with its head, as by putting back an old copy of the file.
 */
export async function verifyDatabase(db: Kysely<Tables>, logged?: LoggedHeads): Promise<Verdict> {
  const verdict: Verdict = { chains: 0, events: 0, erased: 0, pruned: 0, breaks: [] };
  const total = await db
    .selectFrom("event_order")
    .select((eb) => [
      "last",
      eb.selectFrom("chain_head").select(sql<number>`coalesce(sum(position), 0)`.as("sum")).as("sum"),
    ])
    .executeTakeFirstOrThrow();
  const known = new Set<string>();
  for (let after = ""; ; ) {
    const some = await db
      .selectFrom("chain_head")
      .selectAll()
      .where("chain", ">", after)
      .orderBy("chain")
      .limit(PIECE)
      .execute();
    for (const head of some) {
      const found = await verifyStable(db, head, logged, verdict);
      if (found) verdict.breaks.push(found);
      known.add(head.chain);
      after = head.chain;
    }
    if (some.length < PIECE) break;
  }

  for (let after = ""; ; ) {
    const row = await db
      .selectFrom("audit_event")
      .select(["chain", "position"])
      .where("chain", ">", after)
      .orderBy("chain")
      .limit(1)
      .executeTakeFirst();
    if (!row) break;
    after = row.chain;
    if (!known.has(row.chain)) await reportHeadless(db, row, verdict);
  }
  for (const chain of logged?.chains() ?? []) {
    if (known.has(chain)) continue;
    const position = logged?.highest(chain) ?? 0;
    verdict.breaks.push({ chain, position, reason: "is in the log, but the whole chain is gone" });
  }
  if (verdict.breaks.length === 0 && Number(total.sum) !== total.last) {
    const reason = `is the sum of all chains, but ${total.last} events were written: a whole chain was removed or added`;
    verdict.breaks.push({ chain: "*", position: Number(total.sum), reason });
  }
  return verdict;
}

/** A chain may have begun while the others were read. */
async function reportHeadless(
  db: Kysely<Tables>,
  { chain, position }: { chain: string; position: number },
  verdict: Verdict,
) {
  const head = await db.selectFrom("chain_head").select("chain").where("chain", "=", chain).executeTakeFirst();
  if (!head) verdict.breaks.push({ chain, position, reason: "belongs to a chain whose head was removed" });
}

/** The gateway may prune a chain while it is checked: then it is checked again from its new anchor. */
async function verifyStable(db: Kysely<Tables>, head: ChainHeadRow, logged: LoggedHeads | undefined, verdict: Verdict) {
  const found = await verifyChain(db, head, logged, verdict);
  if (!found) return null;
  const now = await db.selectFrom("chain_head").selectAll().where("chain", "=", head.chain).executeTakeFirst();
  return now && now.anchor_position !== head.anchor_position ? verifyChain(db, now, logged, verdict) : found;
}

/** An event beside its chain. One statement, so that what a gateway appends or prunes meanwhile is seen whole or not at all. */
async function findStray(db: Kysely<Tables>, chain: string): Promise<Break | null> {
  const stray = await db
    .selectFrom("audit_event")
    .innerJoin("chain_head", "chain_head.chain", "audit_event.chain")
    .select(["audit_event.position", "chain_head.anchor_position"])
    .where("audit_event.chain", "=", chain)
    .where((eb) =>
      eb.or([
        eb("audit_event.position", "<=", eb.ref("chain_head.anchor_position")),
        eb("audit_event.position", ">", eb.ref("chain_head.position")),
      ]),
    )
    .orderBy("audit_event.position")
    .limit(1)
    .executeTakeFirst();
  if (!stray) return null;
  const reason =
    stray.position <= stray.anchor_position
      ? "lies before the anchor: it was added, or the anchor was changed"
      : "lies above the chain's head: it was added";
  return { chain, position: stray.position, reason };
}

async function verifyChain(
  db: Kysely<Tables>,
  head: ChainHeadRow,
  logged: LoggedHeads | undefined,
  verdict: Verdict,
): Promise<Break | null> {
  const { chain } = head;
  const check = createChainCheck(chain, { position: head.anchor_position, hash: head.anchor_hash });
  let lastAt = head.at;
  const compare = () => {
    for (const line of logged?.at(chain, check.position) ?? []) {
      const found = check.compare(line, "the log");
      if (found) return found;
    }
    return null;
  };

  verdict.chains++;
  verdict.pruned += head.anchor_position;
  for (let found = compare(); ; ) {
    if (found) return found;
    // Up to the head that was read: others append meanwhile.
    const rows = await db
      .selectFrom("audit_event")
      .selectAll()
      .where("chain", "=", chain)
      .where("position", ">", check.position)
      .where("position", "<=", head.position)
      .orderBy("position")
      .limit(PIECE)
      .execute();
    for (const row of rows) {
      found = check.next({ ...row, erased: row.erased_at !== null }) ?? compare();
      if (found) return found;
      lastAt = row.at;
      verdict.events++;
      if (row.erased_at !== null) verdict.erased++;
    }
    if (rows.length < PIECE) break;
  }
  const ended = check.end(head);
  if (ended) return ended;
  if (lastAt !== head.at) return { chain, position: head.position, reason: "has another time than the chain's head" };
  const stray = await findStray(db, chain);
  if (stray) return stray;
  const latest = logged?.highest(chain) ?? 0;
  if (latest > head.position) {
    return {
      chain,
      position: head.position + 1,
      reason: `is missing: the log has position ${latest}, so the end was cut off together with the head`,
    };
  }
  return null;
}
