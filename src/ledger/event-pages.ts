import { type Kysely, type SelectQueryBuilder, type SqlBool, sql } from "kysely";
import type { Actor, AuditAction, AuditEvent, AuditOutcome } from "./event";
import { cleanId, toEvent } from "./event";
import type { AuditEventRow, Tables } from "./schema";

/** Whose log: all chains, one Organization's chain, or what one Member of it did or had done to it. */
export type AuditScope =
  | { of: "all" }
  | { of: "organization"; organizationId: string }
  | { of: "member"; organizationId: string; memberId: string };

export interface AuditFilter {
  actions?: readonly AuditAction[] | null | undefined;
  outcomes?: readonly AuditOutcome[] | null | undefined;
  organizationId?: string | null | undefined;
  memberId?: string | null | undefined;
  connectedAppId?: string | null | undefined;
  actorId?: Actor["id"] | undefined;
  /** Inclusive. */
  since?: Date | null | undefined;
  /** Exclusive. */
  until?: Date | null | undefined;
}

export interface AuditPage {
  /** Newest first. */
  events: AuditEvent[];
  hasMore: boolean;
  /** The cursor of an event: pass it as `after` to go on below it. Gapless, so nothing is skipped while others append. */
  cursorOf(event: AuditEvent): number;
}

export interface AuditPageRequest {
  /** 1 to 100. */
  first: number;
  after?: number | null | undefined;
  filter?: AuditFilter | null | undefined;
}

/** Rows that one statement looks at, at most: a rare match in a long chain must not hold the event loop. */
const FIRST_WINDOW = 512;
const MAX_WINDOW = 4096;
/** Clocks of replicas may differ by less than this; beyond it, older positions are older moments too. */
const SKEW_MS = 3_600_000;

type Query = SelectQueryBuilder<Tables, "audit_event", object>;

/** Between anchor and head of its chain: what somebody added beside a chain is shown to nobody but `verify`. */
export const inChain = sql<SqlBool>`(
  select audit_event.position > chain_head.anchor_position and audit_event.position <= chain_head.position
  from chain_head where chain_head.chain = audit_event.chain)`;

/** What is stored went through `cleanId`, so nothing has such an id; and PostgreSQL takes no NUL in a text. */
export const isNoId = (id: string | null | undefined): boolean => id != null && cleanId(id) !== id;

/**
 * Walks down from the newest, by `position` in one chain and by `order` across them. Erased rows are left out. Events that
 * are pruned are not missed: the walk ends at the oldest that is left.
 */
export async function readPage(db: Kysely<Tables>, asked: AuditScope, request: AuditPageRequest): Promise<AuditPage> {
  const { first, after, filter } = request;
  const scope = narrowed(asked, filter?.organizationId);
  const column = scope.of === "all" ? "order" : "position";
  const { organizationId, memberId, connectedAppId, actorId } = filter ?? {};
  const from = () => inScope(db.selectFrom("audit_event"), scope);
  const ends = [organizationId, memberId, connectedAppId, actorId].some(isNoId) ? undefined : await endsOf(db, scope);
  const lowest = ends?.lowest ?? 0;
  let top = Math.min(ends?.highest ?? -1, after == null ? Number.MAX_SAFE_INTEGER : Math.ceil(after) - 1);

  const rows: AuditEventRow[] = [];
  for (let window = FIRST_WINDOW; top >= lowest && rows.length <= first; window = Math.min(window * 2, MAX_WINDOW)) {
    const bottom = Math.max(lowest, top - window + 1);
    const found = await matching(from(), scope, filter ?? {})
      .selectAll("audit_event")
      .where(column, "<=", top)
      .where(column, ">=", bottom)
      .orderBy(column, "desc")
      .limit(first + 1 - rows.length)
      .execute();
    rows.push(...found);
    if (rows.length <= first && filter?.since && (await isOlder(from(), column, bottom, filter.since))) break;
    top = bottom - 1;
  }
  return {
    events: rows.slice(0, first).map(toEvent),
    hasMore: rows.length > first,
    cursorOf: (event) => event[column],
  };
}

/** By the heads and not by the rows, of which one that was added may lie anywhere: it would make the walk endless. */
async function endsOf(db: Kysely<Tables>, scope: AuditScope): Promise<{ lowest: number; highest: number } | undefined> {
  if (scope.of !== "all") {
    const head = await db
      .selectFrom("chain_head")
      .select(["anchor_position", "position"])
      .where("chain", "=", scope.organizationId)
      .executeTakeFirst();
    return head && { lowest: head.anchor_position + 1, highest: head.position };
  }
  const { last, oldest } = await db
    .selectFrom("event_order")
    .select((eb) => [
      "last",
      eb.selectFrom("audit_event").select("order").where("order", ">", 0).orderBy("order").limit(1).as("oldest"),
    ])
    .executeTakeFirstOrThrow();
  return { lowest: oldest ?? last + 1, highest: last };
}

/** One Organization's events are one chain: a short walk, where all chains would be a long one. */
export const narrowed = (scope: AuditScope, organizationId: string | null | undefined): AuditScope =>
  scope.of === "all" && organizationId ? { of: "organization", organizationId } : scope;

function inScope(query: Query, scope: AuditScope): Query {
  return scope.of === "all" ? query : query.where("chain", "=", scope.organizationId);
}

function matching(query: Query, scope: AuditScope, filter: AuditFilter): Query {
  let result = query.where("erased_at", "is", null).where(inChain);
  if (scope.of === "member") {
    const { memberId } = scope;
    result = result.where((eb) => eb.or([eb("member_id", "=", memberId), eb("actor_id", "=", memberId)]));
  }
  // An empty list allows nothing.
  if (filter.actions) result = result.where("action", "in", filter.actions.length > 0 ? filter.actions : [""]);
  if (filter.outcomes) result = result.where("outcome", "in", filter.outcomes.length > 0 ? filter.outcomes : [""]);
  if (filter.organizationId != null) result = result.where("organization_id", "=", filter.organizationId);
  if (filter.memberId != null) result = result.where("member_id", "=", filter.memberId);
  if (filter.connectedAppId != null) result = result.where("app_id", "=", filter.connectedAppId);
  if (filter.actorId != null) result = result.where("actor_id", "=", filter.actorId);
  if (filter.since) result = result.where("at", ">=", filter.since.getTime());
  if (filter.until) result = result.where("at", "<", filter.until.getTime());
  return result;
}

async function isOlder(query: Query, column: "order" | "position", place: number, since: Date): Promise<boolean> {
  const row = await query
    .select("at")
    .where(column, "<=", place)
    .where(inChain)
    .orderBy(column, "desc")
    .limit(1)
    .executeTakeFirst();
  return row === undefined || row.at < since.getTime() - SKEW_MS;
}
