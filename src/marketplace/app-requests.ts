import { randomUUID } from "node:crypto";
import type { AppRequestRow } from "../ledger/schema";
import type { Store, Unit } from "../ledger/store";

export type AppRequestStatus = AppRequestRow["status"];

export interface AppRequestRecord {
  id: string;
  organizationId: string;
  connectedAppId: string;
  /** Who asked. */
  memberId: string;
  status: AppRequestStatus;
  reason: string | null;
  note: string | null;
  /** `null` while it is open, and when a service decided. */
  decidedBy: string | null;
  decidedAt: Date | null;
  createdAt: Date;
}

export interface NewAppRequest {
  /** From `newAppRequestId`. */
  id: string;
  organizationId: string;
  connectedAppId: string;
  memberId: string;
  reason: string | null;
}

export interface Decision {
  status: Exclude<AppRequestStatus, "OPEN">;
  /** A member id. */
  decidedBy: string | null;
  note: string | null;
}

/** Where a page starts: behind this one. */
export interface AppRequestPlace {
  createdAt: number;
  id: string;
}

export interface AppRequestPageRequest {
  organizationId: string;
  /** Only what this Member asked for. */
  memberId: string | null;
  statuses: readonly AppRequestStatus[] | null;
  first: number;
  after: AppRequestPlace | null;
}

export interface AppRequestPage {
  requests: AppRequestRecord[];
  hasMore: boolean;
  total: number;
}

/** Ended requests that are kept of one Organization and app, so that asking again and again fills nothing. */
const MAX_ENDED = 20;

const ID = /^app-request-[0-9a-f-]{36}$/;
export const newAppRequestId = (): string => `app-request-${randomUUID()}`;
export const isAppRequestId = (id: string): boolean => ID.test(id);

export type AppRequests = ReturnType<typeof createAppRequests>;

/** What Members ask their admins for. Nothing in it knows who may see or decide what. */
export function createAppRequests(store: Store) {
  return {
    /** `null` when this Organization's request for the app is open already. */
    open: ({ id, organizationId, connectedAppId, memberId, reason }: NewAppRequest): Promise<AppRequestRecord | null> =>
      store.write(async (unit) => {
        const row = await unit.trx
          .insertInto("app_request")
          .values({
            id,
            organization_id: organizationId,
            app_id: connectedAppId,
            member_id: memberId,
            status: "OPEN",
            reason,
            note: null,
            decided_by: null,
            decided_at: null,
            created_at: unit.now,
          })
          .onConflict((conflict) => conflict.doNothing())
          .returningAll()
          .executeTakeFirst();
        if (!row) return null;
        await forgetOldest(unit, organizationId, connectedAppId);
        return toRecord(row);
      }),

    /** `null` when it is not open any more: for one caller only it was. */
    end: (id: string, { status, decidedBy, note }: Decision): Promise<AppRequestRecord | null> =>
      store.write(async ({ trx, now }) => {
        const row = await trx
          .updateTable("app_request")
          .set({ status, decided_by: decidedBy, decided_at: now, note })
          .where("id", "=", id)
          .where("status", "=", "OPEN")
          .returningAll()
          .executeTakeFirst();
        return row ? toRecord(row) : null;
      }),

    async byIds(ids: readonly string[]): Promise<Map<string, AppRequestRecord>> {
      const known = ids.filter(isAppRequestId);
      if (known.length === 0) return new Map();
      const rows = await store.read((db) =>
        db.selectFrom("app_request").selectAll().where("id", "in", known).execute(),
      );
      return new Map(rows.map((row) => [row.id, toRecord(row)]));
    },

    /** An Organization's open requests for these apps, by app. */
    async openFor(organizationId: string, appIds: readonly string[]): Promise<Map<string, AppRequestRecord>> {
      if (appIds.length === 0) return new Map();
      const rows = await store.read((db) =>
        db
          .selectFrom("app_request")
          .selectAll()
          .where("organization_id", "=", organizationId)
          .where("status", "=", "OPEN")
          .where("app_id", "in", [...appIds])
          .execute(),
      );
      return new Map(rows.map((row) => [row.app_id, toRecord(row)]));
    },

    /** Apps that were approved at this moment or later: whoever writes the policy now may not know of them yet. */
    async approvedSince(organizationId: string, since: number): Promise<string[]> {
      const rows = await store.read((db) =>
        db
          .selectFrom("app_request")
          .select("app_id")
          .where("organization_id", "=", organizationId)
          .where("status", "=", "APPROVED")
          .where("decided_at", ">=", since)
          .execute(),
      );
      return [...new Set(rows.map(({ app_id }) => app_id))];
    },

    /** Newest first. */
    page: ({ organizationId, memberId, statuses, first, after }: AppRequestPageRequest): Promise<AppRequestPage> =>
      store.read(async (db) => {
        let query = db.selectFrom("app_request").where("organization_id", "=", organizationId);
        if (memberId !== null) query = query.where("member_id", "=", memberId);
        if (statuses) query = query.where("status", "in", [...statuses]);
        let behind = query;
        if (after) {
          behind = behind.where((eb) =>
            eb.or([
              eb("created_at", "<", after.createdAt),
              eb.and([eb("created_at", "=", after.createdAt), eb("id", "<", after.id)]),
            ]),
          );
        }
        const rows = await behind
          .selectAll()
          .orderBy("created_at", "desc")
          .orderBy("id", "desc")
          .limit(first + 1)
          .execute();
        const { total } = await query
          .select((eb) => eb.fn.countAll<number | string>().as("total"))
          .executeTakeFirstOrThrow();
        return { requests: rows.slice(0, first).map(toRecord), hasMore: rows.length > first, total: Number(total) };
      }),
  };
}

async function forgetOldest({ trx }: Unit, organizationId: string, appId: string): Promise<void> {
  await trx
    .deleteFrom("app_request")
    .where("id", "in", (qb) =>
      qb
        .selectFrom("app_request")
        .select("id")
        .where("organization_id", "=", organizationId)
        .where("app_id", "=", appId)
        .where("status", "!=", "OPEN")
        .orderBy("created_at", "desc")
        .orderBy("id")
        // SQLite has no OFFSET without LIMIT; nobody has more than this, since every insert comes through here.
        .limit(MAX_ENDED)
        .offset(MAX_ENDED),
    )
    .execute();
}

const toRecord = (row: AppRequestRow): AppRequestRecord => ({
  id: row.id,
  organizationId: row.organization_id,
  connectedAppId: row.app_id,
  memberId: row.member_id,
  status: row.status,
  reason: row.reason,
  note: row.note,
  decidedBy: row.decided_by,
  decidedAt: row.decided_at === null ? null : new Date(row.decided_at),
  createdAt: new Date(row.created_at),
});
