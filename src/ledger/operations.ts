import { randomUUID } from "node:crypto";
import { isNativeError } from "node:util/types";
import type { ExpressionBuilder } from "kysely";
import type { Logger } from "../logger";
import type { Actor, AuditChange } from "./event";
import { type Claimed, claimKey, type IdempotencyKey, isKeyTaken, releaseKey } from "./idempotency";
import {
  type Intent,
  type OpenOperation,
  type Operation,
  type Result,
  toOpenOperation,
  toOperationRow,
} from "./operation";
import { countRefusal } from "./refusals";
import type { Tables } from "./schema";
import type { Store, Unit } from "./store";

export type Begun = { kind: "begun"; operation: Operation } | Exclude<Claimed, { kind: "claimed" }>;

export interface Operations {
  /** Durable when it resolves. It fails with LEDGER_UNAVAILABLE: then nothing may be sent. */
  begin(intent: Intent): Promise<Operation>;
  /** The same under a key of the caller: `begun` once in 24 hours, unless the deed was refused or failed. */
  beginOnce(intent: Intent, key: IdempotencyKey): Promise<Begun>;
  /** Whether `beginOnce` would not begin: for input that only a repeat may have. */
  isRepeat(actor: Actor, key: Pick<IdempotencyKey, "key">): Promise<boolean>;
  /**
   * Event and effects, in one transaction. Never fails, since the caller must get its answer (a secret may be in it): what
   * cannot be written is logged, kept and tried again, and reads as under way until then. `false` when it was not written.
   * UNKNOWN leaves the operation to the sweeper.
   */
  finish(operation: Operation, result: Result): Promise<boolean>;
  /** Operations that nobody finished, each leased to one replica for a minute. Oldest first. */
  claimOpen(limit: number): Promise<OpenOperation[]>;
  /** What the sweeper found out. `false` when it was finished or claimed by somebody else meanwhile. */
  settle(operation: OpenOperation, result: Result): Promise<boolean>;
  /** It cannot be settled now: later, with growing pauses. */
  postpone(operation: OpenOperation): Promise<void>;
  /** How many are under way or unsettled. */
  countOpen(): Promise<number>;
  /** Tries again what `finish` could not write, up to the first that fails again. Never fails itself. */
  retryUnwritten(): Promise<void>;
}

const LEASE_MS = 60_000;
const FIRST_PAUSE_MS = 5000;
const LONGEST_PAUSE_MS = 15 * 60_000;
/** Outcomes that wait in memory while the ledger is away. Beyond it the sweeper has to ask Stytch. */
const MAX_UNWRITTEN = 1000;

/** Tries before an outcome is given up, since something else than the database is wrong with it. */
const MAX_TRIES = 100;

interface Unwritten {
  operation: Operation;
  result: Result;
  tries: number;
}

/** After this long no write is under way any more, nor can its request still arrive, unless calls of Stytch may take longer. */
export const SETTLE_AFTER_MS = 60_000;

export interface OperationsOptions {
  logger: Logger;
  /** Longer than any request may take: who is still at work must not be taken for dead. */
  settleAfterMs: number;
}

export function createOperations(store: Store, { logger, settleAfterMs }: OperationsOptions): Operations {
  const unwritten = new Map<string, Unwritten>();

  const prepare = (intent: Intent): Operation => ({
    ...intent,
    id: `operation-${randomUUID()}`,
    startedAt: new Date(store.now()),
  });
  const insert = async ({ trx, now }: Unit, operation: Operation) => {
    await trx
      .insertInto("operation")
      .values(toOperationRow(operation, now + settleAfterMs))
      .execute();
  };
  /** The caller was told that nothing was sent, and so it was. */
  const undo = (operation: Operation) => void finish(operation, { outcome: "FAILED", code: "LEDGER_UNAVAILABLE" });

  async function finish(operation: Operation, result: Result): Promise<boolean> {
    try {
      return await store.write((unit) => conclude(unit, operation, result));
    } catch (error) {
      const { id, action, requestId } = operation;
      const reason = isNativeError(error) ? error.message : String(error);
      logger.error(
        { operation: id, action, outcome: result.outcome, requestId, reason },
        "An outcome could not be recorded",
      );
      if (unwritten.size < MAX_UNWRITTEN) unwritten.set(id, { operation, result, tries: 0 });
      return false;
    }
  }

  return {
    async begin(intent) {
      const operation = prepare(intent);
      await store.write(
        (unit) => insert(unit, operation),
        () => undo(operation),
      );
      return operation;
    },
    async beginOnce(intent, key) {
      const operation = prepare(intent);
      return store.write<Begun>(
        async (unit) => {
          const claimed = await claimKey(unit, intent.actor, key, operation.id);
          if (claimed.kind !== "claimed") return claimed;
          await insert(unit, operation);
          return { kind: "begun", operation };
        },
        ({ kind }) => kind === "begun" && undo(operation),
      );
    },
    isRepeat: (actor, key) => store.read((db) => isKeyTaken(db, actor, key, store.now())),
    finish,
    async claimOpen(limit) {
      return store.write(async ({ trx, now }) => {
        const due = (eb: ExpressionBuilder<Tables, "operation">) =>
          eb.and([eb("next_try_at", "<=", now), eb("claimed_until", "<=", now)]);
        const rows = await trx
          .updateTable("operation")
          .set((eb) => ({ claimed_until: now + LEASE_MS, attempt: eb("attempt", "+", 1) }))
          .where("id", "in", (qb) =>
            qb
              .selectFrom("operation")
              .select("id")
              .where(due)
              .orderBy("next_try_at")
              .limit(limit)
              .$if(store.skipLocked, (query) => query.forUpdate().skipLocked()),
          )
          .where(due)
          .returningAll()
          .execute();
        return rows.map(toOpenOperation);
      });
    },
    settle: (operation, result) => store.write((unit) => conclude(unit, operation, result, operation)),
    async postpone({ id, attempt }) {
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** (attempt - 1), LONGEST_PAUSE_MS);
      await store.write(async ({ trx, now }) => {
        await trx
          .updateTable("operation")
          .set({ next_try_at: now + pause, claimed_until: 0 })
          .where("id", "=", id)
          .where("attempt", "=", attempt)
          .execute();
      });
    },
    async countOpen() {
      const { count } = await store.read((db) =>
        db
          .selectFrom("operation")
          .select((eb) => eb.fn.countAll<number>().as("count"))
          .executeTakeFirstOrThrow(),
      );
      return count;
    },
    async retryUnwritten() {
      for (const [id, waiting] of [...unwritten]) {
        try {
          await store.write((unit) => conclude(unit, waiting.operation, waiting.result));
          unwritten.delete(id);
        } catch {
          // To the end, so that one that can never be written does not keep the others waiting.
          unwritten.delete(id);
          if (++waiting.tries < MAX_TRIES) unwritten.set(id, waiting);
          return;
        }
      }
    },
  };
}

/** Whoever takes the row away writes the event: so an operation ends once, even when the sweeper comes at the same time. */
async function conclude(unit: Unit, operation: Operation, result: Result, claim?: OpenOperation): Promise<boolean> {
  const final = result.outcome !== "UNKNOWN" || claim !== undefined;
  const state = await (final ? takeAway(unit, operation, claim) : markUnknown(unit, operation));
  if (state === undefined) return false;
  const target = { ...operation.target, ...result.target };
  if (final && result.outcome !== "UNKNOWN") {
    await releaseKey(unit, operation.id, result.outcome === "DONE", target.connectedAppId ?? null);
  }
  for (const effect of result.effects ?? []) await effect(unit);
  const saidBefore = final && state === "UNKNOWN";
  if (saidBefore && result.outcome === "UNKNOWN") return true;
  if (isBounded(operation, result) && !(await countRefusal(unit, { ...operation, ...target }))) return true;
  const settled: AuditChange[] = saidBefore ? [{ field: "outcome", before: "UNKNOWN", after: result.outcome }] : [];
  unit.append({
    ...target,
    action: operation.action,
    outcome: result.outcome,
    code: result.code,
    actor: operation.actor,
    scopes: result.scopes ?? operation.scopes,
    changes: [...(result.changes ?? operation.changes ?? []), ...settled],
    requestId: operation.requestId,
    stytchRequestIds: result.stytchRequestIds,
  });
  return true;
}

/** A caller can be refused as often as it asks; the gateway asks Stytch itself only when something is due. */
const isBounded = ({ actor }: Operation, { outcome }: Result): boolean =>
  outcome === "REFUSED" && actor.kind !== "GATEWAY";

/** The state it had, or `undefined` when it is gone already, or claimed again by somebody else. */
async function takeAway({ trx }: Unit, { id }: Operation, claim: OpenOperation | undefined) {
  let query = trx.deleteFrom("operation").where("id", "=", id);
  if (claim) query = query.where("attempt", "=", claim.attempt);
  return (await query.returning("state").executeTakeFirst())?.state;
}

async function markUnknown({ trx, now }: Unit, { id }: Operation) {
  const marked = await trx
    .updateTable("operation")
    .set({ state: "UNKNOWN", next_try_at: now + FIRST_PAUSE_MS })
    .where("id", "=", id)
    .where("state", "=", "OPEN")
    .returning("state")
    .executeTakeFirst();
  return marked?.state;
}
