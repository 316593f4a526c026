import type { Kysely } from "kysely";
import { canonical, type Json } from "./canonical";
import { type Head } from "./chain";
import { type Break, type ChainCheck, createChainCheck, START } from "./check";
import type { AuditEventRow, ChainHeadRow, Tables } from "./schema";
import type { Verdict } from "./verify";

export interface ExportOptions {
  /** One Organization's chain; all chains when left out. */
  organizationId?: string | undefined;
  /** From the first event of each chain at or after it. */
  since?: Date | undefined;
}

interface EventLine {
  chain: string;
  position: number;
  order: number;
  at: string;
  /** Absent when erased. */
  event?: {
    id: string;
    action: string;
    outcome: string;
    code: string | null;
    actor: { kind: string; id: string | null };
    organizationId: string | null;
    memberId: string | null;
    connectedAppId: string | null;
    detail: Json;
    salt: string;
  };
  contentHash: string;
  previousHash: string;
  hash: string;
}
type Line = EventLine | { head: Head };

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
  if (since && !first) return;
  let position = first ? first.position - 1 : head.anchor_position;
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
      yield JSON.stringify(toLine(row, previousHash));
      previousHash = row.hash;
      position = row.position;
    }
    if (some.length < PIECE) break;
  }
  yield JSON.stringify({ head: { chain, position: head.position, hash: head.hash } } satisfies Line);
}

const toLine = (row: AuditEventRow, previousHash: string): EventLine => ({
  chain: row.chain,
  position: row.position,
  order: row.order,
  at: new Date(row.at).toISOString(),
  ...(row.erased_at === null && {
    event: {
      id: row.id,
      action: row.action,
      outcome: row.outcome,
      code: row.code,
      actor: { kind: row.actor_kind, id: row.actor_id },
      organizationId: row.organization_id,
      memberId: row.member_id,
      connectedAppId: row.app_id,
      detail: JSON.parse(row.detail),
      salt: row.salt,
    },
  }),
  contentHash: row.content_hash,
  previousHash,
  hash: row.hash,
});

/** Lines of an export, in any mixture of chains. Its first event of each chain is where the check begins. */
export async function verifyExport(lines: AsyncIterable<string>, heads: readonly Head[] = []): Promise<Verdict> {
  const verdict: Verdict = { chains: 0, events: 0, erased: 0, pruned: 0, breaks: [] };
  const checks = new Map<string, { check: ChainCheck; ended: boolean }>();
  const broken = new Set<string>();
  const report = (found: Break | null) => {
    if (!found || broken.has(found.chain)) return;
    broken.add(found.chain);
    verdict.breaks.push(found);
  };
  let number = 0;
  for await (const text of lines) {
    number++;
    if (text.trim() === "") continue;
    const line = parse(text);
    if (!line) {
      report({ chain: `line ${number}`, position: 0, reason: "is no line of an export" });
      continue;
    }
    if ("head" in line) {
      const known = checks.get(line.head.chain);
      if (!known) continue;
      known.ended = true;
      report(known.check.end(line.head));
      continue;
    }
    let known = checks.get(line.chain);
    if (!known) {
      const before = { position: line.position - 1, hash: line.previousHash };
      known = { check: createChainCheck(line.chain, before.position === 0 ? START : before), ended: false };
      checks.set(line.chain, known);
      verdict.chains++;
      verdict.pruned += before.position;
    }
    report(known.check.next(toRow(line)));
    for (const head of heads) if (head.chain === line.chain) report(known.check.compare(head, "the log"));
    verdict.events++;
    if (!line.event) verdict.erased++;
  }
  for (const [chain, { check, ended }] of checks) {
    if (!ended)
      report({
        chain,
        position: check.position + 1,
        reason: "may be missing: the line with the chain's head is not there, so the end was cut off",
      });
  }
  return verdict;
}

function parse(text: string): Line | undefined {
  try {
    const line: Line = JSON.parse(text);
    return "head" in line || (typeof line.chain === "string" && typeof line.position === "number") ? line : undefined;
  } catch {
    return undefined;
  }
}

function toRow({ chain, position, order, at, event, contentHash, hash }: EventLine) {
  const link = { chain, position, order, at: Date.parse(at), content_hash: contentHash, hash };
  return {
    ...link,
    id: event?.id ?? "",
    action: event?.action ?? "",
    outcome: event?.outcome ?? "",
    code: event?.code ?? null,
    actor_kind: event?.actor.kind ?? "",
    actor_id: event?.actor.id ?? null,
    organization_id: event?.organizationId ?? null,
    member_id: event?.memberId ?? null,
    app_id: event?.connectedAppId ?? null,
    detail: canonical(event?.detail ?? {}),
    salt: event?.salt ?? "",
    erased: event === undefined,
  };
}
