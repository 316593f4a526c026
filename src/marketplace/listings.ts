import { type Kysely, type SelectQueryBuilder, sql } from "kysely";
import type { ListingRow, Tables } from "../ledger/schema";
import type { Store, Unit } from "../ledger/store";
import { fold, patternsOf, sortKeyOf } from "./fold";
import {
  columnsOf,
  isSameApp,
  type ListingRecord,
  type ListingStatus,
  type ListingTexts,
  type PublicApp,
  toListing,
} from "./listing";

/** Where a page starts: behind this app, by its name as it was then. */
export interface ListingPlace {
  name: string;
  appId: string;
}

export interface ListingFilter {
  /** Every word must be in the name, the tagline or the publisher's name. */
  search?: string | null | undefined;
  /** Any of them matches. */
  categories?: readonly string[] | null | undefined;
  statuses: readonly ListingStatus[];
}

export interface ListingPageRequest {
  first: number;
  after: ListingPlace | null;
  filter: ListingFilter;
}

export interface ListingPage {
  listings: ListingRecord[];
  hasMore: boolean;
  total: number;
}

/** What an id can be. PostgreSQL takes no text with a NUL. */
const PRINTABLE = /^[\x21-\x7e]{1,200}$/;

export type Listings = ReturnType<typeof createListings>;

/** The shelf: at most one listing for each app. Nothing in it knows who may see what. */
export function createListings(store: Store) {
  const change = (appId: string, work: (unit: Unit, row: ListingRow) => Promise<ListingRow>) =>
    store.write(async (unit) => {
      const row = await unit.trx.selectFrom("listing").selectAll().where("app_id", "=", appId).executeTakeFirst();
      return row ? toListing(await work(unit, row)) : null;
    });

  const update = ({ trx }: Unit, appId: string, columns: Partial<ListingRow>): Promise<ListingRow> =>
    trx.updateTable("listing").set(columns).where("app_id", "=", appId).returningAll().executeTakeFirstOrThrow();

  return {
    /** Makes or replaces it. A new one is a draft; the others keep their status. */
    save: (app: PublicApp, texts: ListingTexts): Promise<ListingRecord> =>
      store.write(async ({ trx, now }) => {
        const columns = { ...columnsOf(app, texts), updated_at: now };
        const row = await trx
          .insertInto("listing")
          .values({ app_id: app.connected_app_id, status: "DRAFT", published_at: null, ...columns })
          .onConflict((conflict) => conflict.column("app_id").doUpdateSet(columns))
          .returningAll()
          .executeTakeFirstOrThrow();
        await trx.deleteFrom("listing_category").where("app_id", "=", row.app_id).execute();
        const categories = [...new Set(texts.categories.map(fold))];
        if (categories.length > 0) {
          await trx
            .insertInto("listing_category")
            .values(categories.map((category) => ({ app_id: row.app_id, category })))
            .execute();
        }
        return toListing(row);
      }),

    /** `null` without a listing. */
    publish: (app: PublicApp): Promise<ListingRecord | null> =>
      change(app.connected_app_id, (unit, row) =>
        update(unit, row.app_id, {
          ...columnsOf(app, toListing(row).texts),
          status: "PUBLISHED",
          ...(row.status !== "PUBLISHED" && { published_at: unit.now, updated_at: unit.now }),
        }),
      ),

    /** `null` without a listing. A draft stays one: nobody but operators has seen it. */
    withdraw: (appId: string): Promise<ListingRecord | null> =>
      change(appId, async (unit, row) =>
        row.status === "PUBLISHED" ? update(unit, appId, { status: "WITHDRAWN", updated_at: unit.now }) : row,
      ),

    /** The client was changed, here or in Stytch's dashboard. */
    async appChanged(app: PublicApp): Promise<void> {
      await change(app.connected_app_id, async (unit, row) => {
        const listing = toListing(row);
        return isSameApp(listing.app, app) ? row : update(unit, row.app_id, columnsOf(app, listing.texts));
      });
    },

    /** The client is gone, and with it everything that was said about it. The audit log keeps what happened. */
    appDeleted: (appId: string): Promise<void> =>
      store.write(async ({ trx }) => {
        for (const table of ["listing_category", "app_request", "listing"] as const) {
          await trx.deleteFrom(table).where("app_id", "=", appId).execute();
        }
      }),

    /** What everybody may see of one app: `null` when it is not on the shelf. */
    async byApp(connectedAppId: string): Promise<ListingRecord | null> {
      const listing = (await this.byApps([connectedAppId])).get(connectedAppId);
      return listing?.status === "PUBLISHED" ? listing : null;
    },

    /** Whatever their status. One query; ids without a listing are absent. */
    async byApps(appIds: readonly string[]): Promise<Map<string, ListingRecord>> {
      const ids = appIds.filter((id) => PRINTABLE.test(id));
      if (ids.length === 0) return new Map();
      const rows = await store.read((db) => db.selectFrom("listing").selectAll().where("app_id", "in", ids).execute());
      return new Map(rows.map((row) => [row.app_id, toListing(row)]));
    },

    page: (request: ListingPageRequest): Promise<ListingPage> => store.read((db) => readPage(db, request)),

    /** All of them in pieces, for those who compare them with Stytch's clients. */
    appsAfter: (appId: string, limit: number): Promise<PublicApp[]> =>
      store.read(async (db) => {
        const rows = await db
          .selectFrom("listing")
          .select("app")
          .where("app_id", ">", appId)
          .orderBy("app_id")
          .limit(limit)
          .execute();
        return rows.map((row): PublicApp => JSON.parse(row.app));
      }),
  };
}

/** Two statements: the page with one row more, and how many match. */
async function readPage(db: Kysely<Tables>, { first, after, filter }: ListingPageRequest): Promise<ListingPage> {
  let query = matching(db.selectFrom("listing"), filter)
    .selectAll("listing")
    .orderBy("sort_key")
    .limit(first + 1);
  if (after) query = query.where("sort_key", ">", sortKeyOf(after.name, after.appId));
  const rows = await query.execute();
  const hasMore = rows.length > first;
  const listings = rows.slice(0, first).map(toListing);
  if (!hasMore && !after) return { listings, hasMore, total: rows.length };
  const { total } = await matching(db.selectFrom("listing"), filter)
    .select((eb) => eb.fn.countAll<number | string>().as("total"))
    .executeTakeFirstOrThrow();
  return { listings, hasMore, total: Number(total) };
}

type Query = SelectQueryBuilder<Tables, "listing", object>;

function matching(from: Query, { search, categories, statuses }: ListingFilter): Query {
  // An empty list allows nothing, and no engine takes an empty IN.
  if (statuses.length === 0 || categories?.length === 0) return from.where(sql<boolean>`1 = 0`);
  let query = from.where("status", "in", [...statuses]);
  for (const pattern of patternsOf(search ?? "")) {
    query = query.where(sql<boolean>`search like ${pattern} escape '\\'`);
  }
  if (categories) {
    const folded = categories.map(fold);
    query = query.where("app_id", "in", (qb) =>
      qb.selectFrom("listing_category").select("listing_category.app_id").where("category", "in", folded),
    );
  }
  return query;
}
