import { z } from "zod";
import { canonical, type Json } from "./canonical";
import type { Head } from "./chain";
import type { CheckedRow } from "./check";
import type { AuditEventRow } from "./schema";

const Id = z.string().nullable();
const Content = z.strictObject({
  id: z.string(),
  action: z.string(),
  outcome: z.string(),
  code: z.string().nullable(),
  actor: z.strictObject({ kind: z.string(), id: Id }),
  organizationId: Id,
  memberId: Id,
  connectedAppId: Id,
  detail: z.custom<Json>((value) => typeof value === "object" && value !== null),
  salt: z.string(),
});
/** Nothing else may stand in a line: it would look as if the hashes covered it. */
const EventLine = z.strictObject({
  chain: z.string(),
  position: z.int(),
  order: z.int(),
  at: z.string(),
  event: Content.optional().describe("Absent when erased."),
  contentHash: z.string(),
  previousHash: z.string(),
  hash: z.string(),
});
const HeadLine = z.strictObject({
  head: z.strictObject({ chain: z.string(), position: z.int(), hash: z.string() }),
});
const Line = z.union([HeadLine, EventLine]);

export type ReadLine = { head: Head } | { row: CheckedRow; previousHash: string };

export const headLine = ({ chain, position, hash }: Head): string =>
  JSON.stringify({ head: { chain, position, hash } } satisfies z.infer<typeof HeadLine>);

export const eventLine = (row: AuditEventRow, previousHash: string): string =>
  JSON.stringify(toLine(row, previousHash));

const toLine = (row: AuditEventRow, previousHash: string): z.infer<typeof EventLine> => ({
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

/** `undefined`: no line of an export. */
export function readLine(text: string): ReadLine | undefined {
  try {
    const line = Line.parse(JSON.parse(text));
    return "head" in line ? line : { row: toRow(line), previousHash: line.previousHash };
  } catch {
    return undefined;
  }
}

function toRow({ chain, position, order, at, event, contentHash, hash }: z.infer<typeof EventLine>): CheckedRow {
  return {
    chain,
    position,
    order,
    at: Date.parse(at),
    content_hash: contentHash,
    hash,
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
