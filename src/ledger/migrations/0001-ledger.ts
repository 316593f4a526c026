import { type Migration, sql } from "kysely";

export const ledger: Migration = {
  async up(db) {
    await db.schema
      .createTable("event_order")
      .addColumn("id", "integer", (column) => column.primaryKey())
      .addColumn("last", "bigint", (column) => column.notNull())
      .execute();
    await db.insertInto("event_order").values({ id: 1, last: 0 }).execute();

    await db.schema
      .createTable("chain_head")
      .addColumn("chain", "text", (column) => column.primaryKey())
      .addColumn("position", "bigint", (column) => column.notNull())
      .addColumn("hash", "text", (column) => column.notNull())
      .addColumn("at", "bigint", (column) => column.notNull())
      .addColumn("anchor_position", "bigint", (column) => column.notNull())
      .addColumn("anchor_hash", "text", (column) => column.notNull())
      .execute();

    await db.schema
      .createTable("audit_event")
      .addColumn("chain", "text", (column) => column.notNull())
      .addColumn("position", "bigint", (column) => column.notNull())
      .addColumn("order", "bigint", (column) => column.notNull().unique())
      .addColumn("at", "bigint", (column) => column.notNull())
      .addColumn("id", "text", (column) => column.notNull().unique())
      .addColumn("action", "text", (column) => column.notNull())
      .addColumn("outcome", "text", (column) => column.notNull())
      .addColumn("code", "text")
      .addColumn("actor_kind", "text", (column) => column.notNull())
      .addColumn("actor_id", "text")
      .addColumn("organization_id", "text")
      .addColumn("member_id", "text")
      .addColumn("app_id", "text")
      .addColumn("detail", "text", (column) => column.notNull())
      .addColumn("salt", "text", (column) => column.notNull())
      .addColumn("content_hash", "text", (column) => column.notNull())
      .addColumn("hash", "text", (column) => column.notNull())
      .addColumn("erased_at", "bigint")
      .addPrimaryKeyConstraint("audit_event_pk", ["chain", "position"])
      .execute();
    for (const column of ["actor_id", "member_id", "app_id"]) {
      await db.schema.createIndex(`audit_event_${column}`).on("audit_event").columns([column, "order"]).execute();
    }

    await db.schema
      .createTable("operation")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("action", "text", (column) => column.notNull())
      .addColumn("actor_kind", "text", (column) => column.notNull())
      .addColumn("actor_id", "text")
      .addColumn("organization_id", "text")
      .addColumn("member_id", "text")
      .addColumn("app_id", "text")
      .addColumn("detail", "text", (column) => column.notNull())
      .addColumn("request_id", "text", (column) => column.notNull())
      .addColumn("started_at", "bigint", (column) => column.notNull())
      .addColumn("next_try_at", "bigint", (column) => column.notNull())
      .addColumn("attempt", "integer", (column) => column.notNull())
      .addColumn("claimed_until", "bigint", (column) => column.notNull())
      .execute();
    await db.schema.createIndex("operation_due").on("operation").column("next_try_at").execute();

    await db.schema
      .createTable("idempotency_key")
      .addColumn("caller", "text", (column) => column.notNull())
      .addColumn("key", "text", (column) => column.notNull())
      .addColumn("input_hash", "text", (column) => column.notNull())
      .addColumn("operation_id", "text", (column) => column.notNull())
      .addColumn("app_id", "text")
      .addColumn("done_at", "bigint")
      .addColumn("expires_at", "bigint", (column) => column.notNull())
      .addPrimaryKeyConstraint("idempotency_key_pk", ["caller", "key"])
      .execute();
    await db.schema.createIndex("idempotency_operation").on("idempotency_key").column("operation_id").execute();
    await db.schema.createIndex("idempotency_expiry").on("idempotency_key").column("expires_at").execute();

    await db.schema
      .createTable("refusal_window")
      .addColumn("actor", "text", (column) => column.notNull())
      .addColumn("minute", "bigint", (column) => column.notNull())
      .addColumn("written", "integer", (column) => column.notNull())
      .addColumn("more", "integer", (column) => column.notNull())
      .addColumn("actor_kind", "text", (column) => column.notNull())
      .addColumn("actor_id", "text")
      .addColumn("organization_id", "text")
      .addColumn("action", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("refusal_window_pk", ["actor", "minute"])
      .execute();

    await db.schema
      .createTable("app_grant")
      .addColumn("organization_id", "text", (column) => column.notNull())
      .addColumn("member_id", "text", (column) => column.notNull())
      .addColumn("app_id", "text", (column) => column.notNull())
      .addColumn("granted_at", "bigint", (column) => column.notNull())
      .addColumn("updated_at", "bigint", (column) => column.notNull())
      .addColumn("scopes", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("app_grant_pk", ["organization_id", "member_id", "app_id"])
      .execute();
    await db.schema.createIndex("app_grant_app").on("app_grant").column("app_id").execute();
    await db.schema.createIndex("app_grant_member").on("app_grant").column("member_id").execute();

    await db.schema
      .createTable("client_secret")
      .addColumn("app_id", "text", (column) => column.primaryKey())
      .addColumn("created_at", "bigint")
      .addColumn("rotation_id", "text")
      .addColumn("started_at", "bigint")
      .addColumn("started_by_kind", "text")
      .addColumn("started_by_id", "text")
      .addColumn("complete_after", "bigint")
      .addColumn("next_try_at", "bigint", (column) => column.notNull())
      .addColumn("failures", "integer", (column) => column.notNull())
      .addColumn("attempt", "integer", (column) => column.notNull())
      .addColumn("claimed_until", "bigint", (column) => column.notNull())
      .execute();
    await db.schema
      .createIndex("client_secret_due")
      .on("client_secret")
      .column("complete_after")
      .where(sql<boolean>`complete_after is not null`)
      .execute();

    await db.schema
      .createTable("authorization_request")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("owner", "text", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("expires_at", "bigint", (column) => column.notNull())
      .addColumn("body", "text", (column) => column.notNull())
      .execute();
    await db.schema
      .createIndex("authorization_request_owner")
      .on("authorization_request")
      .columns(["owner", "created_at"])
      .execute();
    await db.schema
      .createIndex("authorization_request_expiry")
      .on("authorization_request")
      .column("expires_at")
      .execute();
  },
};
