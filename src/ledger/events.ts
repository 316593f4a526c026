import { type Head, MARKETPLACE } from "./chain";
import { type AuditEvent, cleanId, type NewEvent, toEvent } from "./event";
import { type AuditPage, type AuditPageRequest, type AuditScope, inChain, isNoId, readPage } from "./event-pages";
import type { Store } from "./store";

export interface Events {
  /** Durable when it resolves. For what no operation owns; operations write their own. */
  append(event: NewEvent): Promise<void>;
  /** Newest first. Two statements, and one for each 4,096 events that were looked at. */
  page(scope: AuditScope, request: AuditPageRequest): Promise<AuditPage>;
  /** `null` when unknown, pruned or erased. Whether the caller may see it is the caller's to check. */
  byId(id: string): Promise<AuditEvent | null>;
  /** Of an Organization's chain, or of the marketplace's. `null` before its first event. */
  head(organizationId: string | null): Promise<(Head & { at: Date }) | null>;
}

export function createEvents(store: Store): Events {
  return {
    append: (event) => store.write(async ({ append }) => append(event)),
    page: (scope, request) => store.read((db) => readPage(db, scope, request)),
    async byId(id) {
      if (isNoId(id)) return null;
      const row = await store.read((db) =>
        db
          .selectFrom("audit_event")
          .selectAll()
          .where("id", "=", id)
          .where("erased_at", "is", null)
          .where(inChain)
          .executeTakeFirst(),
      );
      return row ? toEvent(row) : null;
    },
    async head(organizationId) {
      const chain = cleanId(organizationId) ?? MARKETPLACE;
      const row = await store.read((db) =>
        db.selectFrom("chain_head").selectAll().where("chain", "=", chain).executeTakeFirst(),
      );
      return row ? { chain, position: row.position, hash: row.hash, at: new Date(row.at) } : null;
    },
  };
}
