import type { Kysely, SelectQueryBuilder } from "kysely";
import type { Actor, AuditAction, AuditEvent, AuditOutcome } from "./event";
import { toEvent } from "./event";
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

/**
 * Walks down from the newest, by `position` in one chain and by `order` across them. Erased rows are left out. Events that
 * are pruned are not missed: the walk ends at the oldest that is left.
 */
export async function readPage(db: Kysely<Tables>, asked: AuditScope, request: AuditPageRequest): Promise<AuditPage> {
  const { first, after, filter } = request;
  const scope = narrowed(asked, filter?.organizationId);
  const column = scope.of === "all" ? "order" : "position";
  const from = () => inScope(db.selectFrom("audit_event"), scope);
  const newest = await from().select(column).orderBy(column, "desc").limit(1).executeTakeFirst();
  const oldest = await from().select(column).orderBy(column, "asc").limit(1).executeTakeFirst();
  const lowest = oldest?.[column] ?? 0;
  let top = Math.min(newest?.[column] ?? -1, after == null ? Number.MAX_SAFE_INTEGER : after - 1);

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

/** One Organization's events are one chain: a short walk, where all chains would be a long one. */
const narrowed = (scope: AuditScope, organizationId: string | null | undefined): AuditScope =>
  scope.of === "all" && organizationId ? { of: "organization", organizationId } : scope;

function inScope(query: Query, scope: AuditScope): Query {
  return scope.of === "all" ? query : query.where("chain", "=", scope.organizationId);
}

function matching(query: Query, scope: AuditScope, filter: AuditFilter): Query {
  let result = query.where("erased_at", "is", null);
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
  const row = await query.select("at").where(column, "<=", place).orderBy(column, "desc").limit(1).executeTakeFirst();
  return row === undefined || row.at < since.getTime() - SKEW_MS;
}
