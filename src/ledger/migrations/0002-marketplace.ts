import { type Migration, sql } from "kysely";

export const marketplace: Migration = {
  async up(db) {
    await db.schema
      .createTable("listing")
      .addColumn("app_id", "text", (column) => column.primaryKey())
      .addColumn("status", "text", (column) => column.notNull())
      .addColumn("sort_key", "text", (column) => column.notNull().unique())
      .addColumn("search", "text", (column) => column.notNull())
      .addColumn("app", "text", (column) => column.notNull())
      .addColumn("body", "text", (column) => column.notNull())
      .addColumn("published_at", "bigint")
      .addColumn("updated_at", "bigint", (column) => column.notNull())
      .execute();

    await db.schema
      .createTable("listing_category")
      .addColumn("app_id", "text", (column) => column.notNull())
      .addColumn("category", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("listing_category_pk", ["app_id", "category"])
      .execute();

    await db.schema
      .createTable("app_request")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("organization_id", "text", (column) => column.notNull())
      .addColumn("app_id", "text", (column) => column.notNull())
      .addColumn("member_id", "text", (column) => column.notNull())
      .addColumn("status", "text", (column) => column.notNull())
      .addColumn("reason", "text")
      .addColumn("note", "text")
      .addColumn("decided_by", "text")
      .addColumn("decided_at", "bigint")
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .execute();
    // Of one Organization and app at most one is open, whoever asks at the same moment.
    await db.schema
      .createIndex("app_request_open")
      .unique()
      .on("app_request")
      .columns(["organization_id", "app_id"])
      .where(sql<boolean>`status = 'OPEN'`)
      .execute();
    await db.schema
      .createIndex("app_request_organization")
      .on("app_request")
      .columns(["organization_id", "created_at", "id"])
      .execute();
    for (const column of ["app_id", "member_id"]) {
      await db.schema.createIndex(`app_request_${column}`).on("app_request").column(column).execute();
    }

    await db.schema
      .createTable("lease")
      .addColumn("name", "text", (column) => column.primaryKey())
      .addColumn("holder", "text", (column) => column.notNull())
      .addColumn("until", "bigint", (column) => column.notNull())
      .execute();
  },
};
