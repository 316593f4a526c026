import { randomUUID } from "node:crypto";
import { type ExpressionBuilder, sql } from "kysely";
import { type Actor, cleanId } from "./event";
import type { Effect } from "./operation";
import type { ClientSecretRow, Tables } from "./schema";
import { type Rotation, type SecretRecord, toRotation, toSecretRecord } from "./secret-record";
import type { Store } from "./store";

/** A secret that was made. Its time is that of the transaction when left out. */
export interface Made {
  at?: Date | undefined;
  lastFour?: string | null | undefined;
}

/** A rotation whose time has come, leased to this process. */
export interface DueRotation extends Rotation {
  connectedAppId: string;
  completeAfter: Date;
  /** Tries that failed before. */
  failures: number;
  /** The fencing token. */
  attempt: number;
}

export interface RotationFigures {
  /** With a clock, whether its time has come or not. */
  scheduled: number;
  /** Whose time has come. */
  due: number;
  /** For more than a minute. */
  overdue: number;
  /** Whose last try failed. */
  failed: number;
}

interface EndedRotation {
  rotationId?: string;
  /** Of the secret that is the current one now. */
  lastFour?: string | null | undefined;
}

export interface Rotations {
  /** One query for all ids. Ids of which nothing is known are absent. */
  of(connectedAppIds: readonly string[]): Promise<Map<string, SecretRecord>>;
  secretCreated(connectedAppId: string, made?: Made): Effect;
  /** `currentLastFour`: of the secret that it may replace. */
  started(
    rotation: {
      connectedAppId: string;
      startedBy: Actor;
      completeAfter: Date | null;
      currentLastFour?: string | null | undefined;
    } & Made,
  ): Effect;
  /** No effect on a rotation that was opened elsewhere. */
  rescheduled(connectedAppId: string, completeAfter: Date | null): Effect;
  /**
   * The new secret is as old as the start of its rotation, unless `lastFour` tells that it is another's. With
   * `rotationId`, only if it is still that rotation.
   */
  completed(connectedAppId: string, ended?: EndedRotation): Effect;
  /** Cancelled, or ended elsewhere in a way nobody saw. */
  cancelled(connectedAppId: string, ended?: EndedRotation): Effect;
  appDeleted(connectedAppId: string): Effect;
  /** Each for one replica, for two minutes. Longest overdue first; none whose completion is under way or unsettled. */
  claimDue(limit: number): Promise<DueRotation[]>;
  /** Whether the lease still holds: ask just before the call that cannot be taken back. */
  stillMine(due: DueRotation): Promise<boolean>;
  /** It did not work: tried again after a pause that grows from 10 s to 15 min. */
  failed(due: DueRotation): Promise<void>;
  figures(): Promise<RotationFigures>;
}

const LEASE_MS = 120_000;
const OVERDUE_MS = 60_000;
const FIRST_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 15 * 60_000;

const NO_ROTATION = {
  rotation_id: null,
  started_at: null,
  started_by_kind: null,
  started_by_id: null,
  complete_after: null,
  next_last_four: null,
  next_try_at: 0,
  failures: 0,
  claimed_until: 0,
};

export function createRotations(store: Store): Rotations {
  const upsert =
    (connectedAppId: string, change: Partial<ClientSecretRow>): Effect =>
    async ({ trx }) => {
      await trx
        .insertInto("client_secret")
        .values({
          app_id: cleanId(connectedAppId) ?? "",
          created_at: null,
          last_four: null,
          ...NO_ROTATION,
          attempt: 0,
          ...change,
        })
        .onConflict((conflict) => conflict.column("app_id").doUpdateSet(change))
        .execute();
    };

  /** The current secret may be the one that the last rotation made, though it was completed elsewhere. */
  const completedElsewhere =
    (connectedAppId: string, lastFour: string | null | undefined): Effect =>
    async ({ trx }) => {
      if (!lastFour) return;
      await trx
        .updateTable("client_secret")
        .set((eb) => ({ created_at: eb.ref("started_at"), last_four: eb.ref("next_last_four") }))
        .where("app_id", "=", connectedAppId)
        .where("next_last_four", "=", lastFour)
        .execute();
    };

  return {
    async of(ids) {
      if (ids.length === 0) return new Map();
      const rows = await store.read((db) =>
        db
          .selectFrom("client_secret")
          .selectAll()
          .where("app_id", "in", [...ids])
          .execute(),
      );
      return new Map(rows.map((row) => [row.app_id, toSecretRecord(row)]));
    },

    secretCreated:
      (connectedAppId, { at, lastFour = null } = {}) =>
      (unit) =>
        upsert(connectedAppId, { created_at: at?.getTime() ?? unit.now, last_four: lastFour, ...NO_ROTATION })(unit),
    started:
      ({ connectedAppId, startedBy, completeAfter, at, lastFour = null, currentLastFour }) =>
      async (unit) => {
        await completedElsewhere(connectedAppId, currentLastFour)(unit);
        await upsert(connectedAppId, {
          ...NO_ROTATION,
          rotation_id: randomUUID(),
          started_at: at?.getTime() ?? unit.now,
          next_last_four: lastFour,
          started_by_kind: startedBy.kind,
          started_by_id: cleanId(startedBy.id),
          complete_after: completeAfter?.getTime() ?? null,
        })(unit);
      },
    rescheduled:
      (connectedAppId, completeAfter) =>
      async ({ trx }) => {
        await trx
          .updateTable("client_secret")
          .set({ complete_after: completeAfter?.getTime() ?? null, next_try_at: 0, failures: 0 })
          .where("app_id", "=", connectedAppId)
          .where("rotation_id", "is not", null)
          .execute();
      },
    completed:
      (connectedAppId, { rotationId, lastFour = null } = {}) =>
      async ({ trx }) => {
        let query = trx
          .updateTable("client_secret")
          .set((eb) => ({
            ...NO_ROTATION,
            created_at:
              lastFour === null
                ? eb.ref("started_at")
                : eb
                    .case()
                    .when(eb.fn.coalesce("next_last_four", eb.val(lastFour)), "=", lastFour)
                    .then(eb.ref("started_at"))
                    .end(),
            last_four: lastFour ?? eb.ref("next_last_four"),
          }))
          .where("app_id", "=", connectedAppId);
        if (rotationId !== undefined) query = query.where("rotation_id", "=", rotationId);
        await query.execute();
      },
    cancelled:
      (connectedAppId, { rotationId, lastFour } = {}) =>
      async (unit) => {
        await completedElsewhere(connectedAppId, lastFour)(unit);
        let query = unit.trx.updateTable("client_secret").set(NO_ROTATION).where("app_id", "=", connectedAppId);
        if (rotationId !== undefined) query = query.where("rotation_id", "=", rotationId);
        await query.execute();
      },
    appDeleted:
      (connectedAppId) =>
      async ({ trx }) => {
        await trx.deleteFrom("client_secret").where("app_id", "=", connectedAppId).execute();
      },

    async claimDue(limit) {
      const rows = await store.write(({ trx, now }) => {
        const due = (eb: ExpressionBuilder<Tables, "client_secret">) =>
          eb.and([
            eb("complete_after", "<=", now),
            eb("next_try_at", "<=", now),
            eb("claimed_until", "<=", now),
            // What became of an earlier try is found out first: who looks only sees that the rotation is over, not by whom.
            eb.not(
              eb.exists(
                eb
                  .selectFrom("operation")
                  .select("operation.id")
                  .whereRef("operation.app_id", "=", "client_secret.app_id")
                  .where("operation.action", "=", "SECRET_ROTATION_COMPLETED"),
              ),
            ),
          ]);
        return (
          trx
            .updateTable("client_secret")
            .set((eb) => ({ claimed_until: now + LEASE_MS, attempt: eb("attempt", "+", 1) }))
            .where("app_id", "in", (qb) =>
              qb
                .selectFrom("client_secret")
                .select("app_id")
                .where(due)
                .orderBy("complete_after")
                .limit(limit)
                .$if(store.skipLocked, (query) => query.forUpdate().skipLocked()),
            )
            // Checked again on the locked row.
            .where(due)
            .returningAll()
            .execute()
        );
      });
      return rows.flatMap((row) => {
        const rotation = toRotation(row);
        if (!rotation?.completeAfter) return [];
        const { app_id: connectedAppId, failures, attempt } = row;
        return [{ ...rotation, completeAfter: rotation.completeAfter, connectedAppId, failures, attempt }];
      });
    },

    async stillMine({ connectedAppId, id, attempt }) {
      const row = await store.read((db) =>
        db
          .selectFrom("client_secret")
          .select("claimed_until")
          .where("app_id", "=", connectedAppId)
          .where("rotation_id", "=", id)
          .where("attempt", "=", attempt)
          .executeTakeFirst(),
      );
      return row !== undefined && row.claimed_until > store.now();
    },

    async failed({ connectedAppId, attempt, failures }) {
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS);
      await store.write(async ({ trx, now }) => {
        await trx
          .updateTable("client_secret")
          .set((eb) => ({ failures: eb("failures", "+", 1), next_try_at: now + pause, claimed_until: 0 }))
          .where("app_id", "=", connectedAppId)
          .where("attempt", "=", attempt)
          .execute();
      });
    },

    async figures() {
      const now = store.now();
      const count = (condition: ReturnType<typeof sql<boolean>>) =>
        sql<number>`count(case when ${condition} then 1 end)`;
      return store.read((db) =>
        db
          .selectFrom("client_secret")
          .where("complete_after", "is not", null)
          .select((eb) => [
            eb.fn.countAll<number>().as("scheduled"),
            count(sql`complete_after <= ${now}`).as("due"),
            count(sql`complete_after <= ${now - OVERDUE_MS}`).as("overdue"),
            count(sql`failures > 0`).as("failed"),
          ])
          .executeTakeFirstOrThrow(),
      );
    },
  };
}
