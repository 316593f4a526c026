import type { ExpressionBuilder, ExpressionWrapper, SqlBool } from "kysely";
import { ACTOR_KINDS } from "./event";
import { callerOf } from "./idempotency";
import type { Tables } from "./schema";
import type { Store } from "./store";

/** Whose rows go: a tenant's, or one person's. */
export type Erasure = { organizationId: string } | { memberId: string };

export interface Erased {
  /** Events whose content is gone. Their time, place and hashes stay, so that the chains still verify. */
  events: number;
  /** Grants that are forgotten. */
  grants: number;
  /** Under way or unsettled: their events come later, so erase again when they have ended. */
  openOperations: number;
}

/** Rows of one statement. */
const PIECE = 200;

const NOTHING = {
  action: "",
  outcome: "",
  code: null,
  actor_kind: "",
  actor_id: null,
  organization_id: null,
  member_id: null,
  app_id: null,
  detail: "{}",
  salt: "",
};

/** May be run again: what is gone already is not counted. Without the salt, erased content cannot be guessed from its hash. */
export async function erase(store: Store, whose: Erasure): Promise<Erased> {
  const events = await repeat(() => eraseEvents(store, whose));
  const grants = await repeat(() => eraseGrants(store, whose));
  await eraseAppRequests(store, whose);
  if ("memberId" in whose) await forgetActor(store, whose.memberId);
  else await forgetRefusals(store, whose.organizationId);
  const openOperations = await store.read((db) =>
    db
      .selectFrom("operation")
      .select("id")
      .where((eb) =>
        "memberId" in whose
          ? eb.or([eb("member_id", "=", whose.memberId), eb("actor_id", "=", whose.memberId)])
          : eb("organization_id", "=", whose.organizationId),
      )
      .execute(),
  );
  return { events, grants, openOperations: openOperations.length };
}

async function repeat(piece: () => Promise<number>): Promise<number> {
  let sum = 0;
  for (let count = await piece(); count > 0; count = await piece()) sum += count;
  return sum;
}

type EventCondition = (
  eb: ExpressionBuilder<Tables, "audit_event">,
) => ExpressionWrapper<Tables, "audit_event", SqlBool>;
const eventsOf = (whose: Erasure): EventCondition =>
  "memberId" in whose
    ? (eb) => eb.or([eb("member_id", "=", whose.memberId), eb("actor_id", "=", whose.memberId)])
    : (eb) => eb.and([eb("chain", "=", whose.organizationId), eb("erased_at", "is", null)]);

async function eraseEvents(store: Store, whose: Erasure): Promise<number> {
  return store.write(async ({ trx, now }) => {
    const some = await trx.selectFrom("audit_event").select("id").where(eventsOf(whose)).limit(PIECE).execute();
    const ids = some.map(({ id }) => id);
    if (ids.length > 0)
      await trx
        .updateTable("audit_event")
        .set({ ...NOTHING, erased_at: now })
        .where("id", "in", ids)
        .execute();
    return ids.length;
  });
}

async function eraseGrants(store: Store, whose: Erasure): Promise<number> {
  return store.write(async ({ trx }) => {
    const { numDeletedRows } = await ("memberId" in whose
      ? trx.deleteFrom("app_grant").where("member_id", "=", whose.memberId)
      : trx.deleteFrom("app_grant").where("organization_id", "=", whose.organizationId)
    ).executeTakeFirst();
    return Number(numDeletedRows);
  });
}

/** What was asked for, in people's own words; of a person who decided, the answer and the name. */
async function eraseAppRequests(store: Store, whose: Erasure): Promise<void> {
  await store.write(async ({ trx }) => {
    if ("organizationId" in whose) {
      await trx.deleteFrom("app_request").where("organization_id", "=", whose.organizationId).execute();
      return;
    }
    const { memberId } = whose;
    await trx.deleteFrom("app_request").where("member_id", "=", memberId).execute();
    await trx
      .updateTable("app_request")
      .set({ decided_by: null, note: null })
      .where("decided_by", "=", memberId)
      .execute();
  });
}

/** Refusals of the last minutes: their sum would become an event that names who was refused. */
async function forgetRefusals(store: Store, organizationId: string): Promise<void> {
  await store.write(async ({ trx }) => {
    await trx.deleteFrom("refusal_window").where("organization_id", "=", organizationId).execute();
  });
}

async function forgetActor(store: Store, id: string): Promise<void> {
  const names = ACTOR_KINDS.map((kind) => callerOf({ kind, id }));
  await store.write(async ({ trx }) => {
    await trx.deleteFrom("idempotency_key").where("caller", "in", names).execute();
    await trx.deleteFrom("refusal_window").where("actor", "in", names).execute();
    await trx.updateTable("client_secret").set({ started_by_id: null }).where("started_by_id", "=", id).execute();
  });
}
