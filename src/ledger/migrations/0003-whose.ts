import type { Migration } from "kysely";

/** Which secret, and an app of which kind, a row is about. Null in rows of earlier versions: not known. */
export const whose: Migration = {
  async up(db) {
    await db.schema.alterTable("client_secret").addColumn("last_four", "text").execute();
    await db.schema.alterTable("client_secret").addColumn("next_last_four", "text").execute();
    await db.schema.alterTable("app_grant").addColumn("client_type", "text").execute();
  },
};
