import { sql } from "kysely";
import type { Logger } from "../logger";
import { type Actor, cleanId, type NewEvent, toAction, toActorKind } from "./event";
import type { RefusalWindowRow } from "./schema";
import type { Store, Unit } from "./store";

export type Refusal = Omit<NewEvent, "outcome" | "scopes" | "changes" | "stytchRequestIds"> & { code: string };

export interface Refusals {
  /**
   * Somebody signed in was not allowed to do it. Never fails and need not be awaited. Of one actor at most 59 a minute are
   * rows of their own, over all replicas and together with operations that ended REFUSED; the rest is one row whose change
   * `refusals` holds their number.
   */
  refused(refusal: Refusal): Promise<void>;
  /** Hands counted refusals on, and writes the row of every minute that is over. */
  flush(): Promise<void>;
}

const MINUTE_MS = 60_000;
const MAX_ROWS = 59;
/** Replicas hand on what they counted every few seconds; a minute is summed up when that is surely done. */
const SETTLED_MS = 30_000;
/** Actors of which a process counts refusals. Beyond it, refusals are logged only. */
const MAX_ACTORS = 10_000;

interface Tally {
  row: Omit<RefusalWindowRow, "written" | "more">;
  /** Asked in this minute, by this process. */
  seen: number;
  /** Counted and not handed on yet. */
  more: number;
}

export function createRefusals(store: Store, logger: Logger): Refusals {
  const tallies = new Map<string, Tally>();

  function tallyOf(refusal: Refusal): Tally | undefined {
    const row = windowOf(refusal, store.now());
    const key = `${row.minute} ${row.actor}`;
    const known = tallies.get(key);
    if (known || tallies.size >= MAX_ACTORS) return known;
    const tally = { row, seen: 0, more: 0 };
    tallies.set(key, tally);
    return tally;
  }

  return {
    async refused(refusal) {
      const { actor, action, code, requestId } = refusal;
      const tally = tallyOf(refusal);
      if (tally) tally.seen++;
      // This process alone has used up the actor's rows: no statement is spent on it.
      if (tally && tally.seen > MAX_ROWS) tally.more++;
      if (!tally || tally.seen > MAX_ROWS) return;
      // Without a row of its own it is counted; not twice, if the row is written after all.
      const written = async (unit: Unit) => {
        if (await count(unit, tally.row, 1, 0)) unit.append({ ...refusal, outcome: "REFUSED" });
      };
      const writtenLate = () => void tally.more--;
      await store.write(written, writtenLate).catch(() => {
        tally.more++;
        logger.error({ actor, action, code, requestId }, "A refusal could not be recorded; it is counted");
      });
    },

    async flush() {
      // Until then a write may still fail, and be counted here.
      const over = settledMinute(store.now());
      for (const [key, tally] of tallies) {
        const { more, row } = tally;
        if (more > 0) {
          tally.more = 0;
          await store
            .write((unit) => count(unit, row, 0, more))
            .catch((error: unknown) => {
              tally.more += more;
              throw error;
            });
        }
        if (row.minute < over && tally.more === 0) tallies.delete(key);
      }
      await sumUp(store);
    },
  };
}

/** The first minute that may not be summed up yet. */
const settledMinute = (now: number) => Math.floor((now - SETTLED_MS) / MINUTE_MS);

const windowOf = (
  { actor, action, organizationId }: Pick<Refusal, "actor" | "action" | "organizationId">,
  now: number,
): Tally["row"] => ({
  actor: `${actor.kind}:${cleanId(actor.id) ?? ""}`,
  minute: Math.floor(now / MINUTE_MS),
  actor_kind: actor.kind,
  actor_id: cleanId(actor.id),
  organization_id: cleanId(organizationId),
  action,
});

/** Counts the refusal of a deed that had an intent, and tells whether it may have a row of its own. */
export const countRefusal = (unit: Unit, refused: Pick<Refusal, "actor" | "action" | "organizationId">) =>
  count(unit, windowOf(refused, unit.now), 1, 0);

/** Whether the refusal may have a row of its own. Those beyond are counted. */
async function count({ trx }: Unit, row: Tally["row"], written: number, more: number): Promise<boolean> {
  const counted = await trx
    .insertInto("refusal_window")
    .values({ ...row, written, more })
    .onConflict((conflict) =>
      conflict.columns(["actor", "minute"]).doUpdateSet((eb) => ({
        written: eb("refusal_window.written", "+", written),
        more: eb("refusal_window.more", "+", more),
        action: sql<string>`case when refusal_window.action = ${row.action} then refusal_window.action else 'UNKNOWN' end`,
        // An operator may be refused in several Organizations: what is about more than one stands in no Organization's chain.
        organization_id: sql<string>`case when refusal_window.organization_id = excluded.organization_id then excluded.organization_id end`,
      })),
    )
    .returning("written")
    .executeTakeFirstOrThrow();
  return counted.written <= MAX_ROWS;
}

/** Whoever deletes a window writes its row, in one transaction: so one replica does. */
async function sumUp(store: Store): Promise<void> {
  await store.write(async ({ trx, now, append }) => {
    const over = settledMinute(now);
    const windows = await trx.deleteFrom("refusal_window").where("minute", "<", over).returningAll().execute();
    for (const { written, more, action, actor_kind, actor_id, organization_id, minute } of windows) {
      const rest = Math.max(0, written - MAX_ROWS) + more;
      if (rest === 0) continue;
      const actor: Actor = { kind: toActorKind(actor_kind), id: actor_id };
      append({
        action: toAction(action),
        outcome: "REFUSED",
        code: "MORE_REFUSALS",
        actor,
        organizationId: organization_id,
        changes: [{ field: "refusals", before: null, after: String(rest) }],
        requestId: `minute-${new Date(minute * MINUTE_MS).toISOString()}`,
      });
    }
  });
}
