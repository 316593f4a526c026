import type { Migration } from "kysely";

/** Which secret, and an app of which kind, a row is about. Null in rows of earlier versions: not known. */
export const whose: Migration = {
  async up(db) {
    await db.schema.alterTable("client_secret").addColumn("last_four", "text").execute();
    await db.schema.alterTable("client_secret").addColumn("next_last_four", "text").execute();
    await db.schema.alterTable("app_grant").addColumn("client_type", "text").execute();
    // All grants of an app, and those of one Organization, are walked through in pieces.
    await db.schema.dropIndex("app_grant_app").execute();
    await db.schema.createIndex("app_grant_app").on("app_grant").columns(["app_id", "member_id"]).execute();
    await db.schema
      .createIndex("app_grant_organization")
      .on("app_grant")
      .columns(["organization_id", "app_id", "member_id"])
      .execute();
  },
};
