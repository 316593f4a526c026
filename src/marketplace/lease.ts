import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "../failure";
import type { Store } from "../ledger/store";

/**
 * What a replica that dies keeps others waiting for: less than the 10 s that many clients wait. Whoever lives renews it three
 * times as often, however long its work takes; so it outlives one renewal that fails, and clocks that differ by 2 s.
 */
const LEASE_MS = 6000;
/** Who waits longer than this is told to come back: the request's own deadline is near. */
const MAX_WAIT_MS = 20_000;
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 200;

/** Runs `work` while nobody else, in any replica, runs work of the same name. @throws Failure RATE_LIMITED after 20 s */
export type Alone = <T>(name: string, work: () => Promise<T>) => Promise<T>;

export function createAlone(store: Store): Alone {
  /** By name, the last in the queue of this process: the database is asked by one of them at a time. */
  const queues = new Map<string, Promise<unknown>>();

  async function underLease<T>(name: string, deadline: number, work: () => Promise<T>): Promise<T> {
    const holder = randomUUID();
    for (let pause = FIRST_PAUSE_MS; !(await take(store, name, holder, LEASE_MS)); pause *= 2) {
      if (performance.now() > deadline) throw busy();
      await sleep(Math.min(pause, LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2));
    }
    const renewal = setInterval(() => void take(store, name, holder, LEASE_MS).catch(() => undefined), LEASE_MS / 3);
    try {
      return await work();
    } finally {
      clearInterval(renewal);
      // Left to run out where it cannot be given back.
      await giveBack(store, name, holder).catch(() => undefined);
    }
  }

  return async (name, work) => {
    const deadline = performance.now() + MAX_WAIT_MS;
    const before = queues.get(name) ?? Promise.resolve();
    const mine = before
      .catch(() => undefined)
      .then(() => {
        if (performance.now() > deadline) throw busy();
        return underLease(name, deadline, work);
      });
    queues.set(name, mine);
    try {
      return await mine;
    } finally {
      if (queues.get(name) === mine) queues.delete(name);
    }
  };
}

/** One statement: taken when it is free, has run out, or is the holder's already. */
export const take = (store: Store, name: string, holder: string, forMs: number): Promise<boolean> =>
  store.write(async ({ trx, now }) => {
    const row = { holder, until: now + forMs };
    const taken = await trx
      .insertInto("lease")
      .values({ name, ...row })
      .onConflict((conflict) =>
        conflict
          .column("name")
          .doUpdateSet(row)
          .where((eb) => eb.or([eb("lease.until", "<=", now), eb("lease.holder", "=", holder)])),
      )
      .returning("holder")
      .executeTakeFirst();
    return taken !== undefined;
  });

const giveBack = (store: Store, name: string, holder: string): Promise<void> =>
  store.write(async ({ trx }) => {
    await trx.deleteFrom("lease").where("name", "=", name).where("holder", "=", holder).execute();
  });

const busy = () =>
  new Failure("RATE_LIMITED", "Others are changing this Organization's policy. Wait, then try again.", {
    retryAfterSeconds: 5,
  });
