import type { Kysely } from "kysely";
import pino from "pino";
import { GENESIS } from "../../src/ledger/chain";
import { erase } from "../../src/ledger/erase";
import { exportLines } from "../../src/ledger/export";
import { createLoggedHeads, readHead } from "../../src/ledger/logged-heads";
import type { Tables } from "../../src/ledger/schema";
import { verifyExport } from "../../src/ledger/verify-export";
import { ENGINES, type Engine, startEngine } from "./engines";
import { openTestLedger, type TestLedger, verify } from "./ledger";

const ONE = "organization-1";
const DAY = 24 * 3_600_000;

/** `count` events in the chain of Organization 1, by two Members in turn. */
async function fill(ledger: TestLedger, count: number): Promise<void> {
  const one = (i: number) =>
    ledger.events.append({
      action: "AUTHORIZATION_GRANTED",
      outcome: "DONE",
      actor: { kind: "MEMBER", id: `member-${i % 2}` },
      organizationId: ONE,
      memberId: `member-${i % 2}`,
      connectedAppId: `app-${i}`,
      scopes: ["openid", `scope-${i}`],
      changes: [{ field: "état", before: null, after: '"\u2028\ud800' }],
      requestId: `request-${i}`,
    });
  await Promise.all(Array.from({ length: count }, (_, i) => one(i)));
}

async function* lines(list: readonly string[]) {
  yield* list;
}

async function exported(ledger: TestLedger, options = {}): Promise<string[]> {
  const all: string[] = [];
  await ledger.store.read(async (db) => {
    for await (const line of exportLines(db, options)) all.push(line);
  });
  return all;
}

/** What the log says by now. */
async function loggedHeads(ledger: TestLedger) {
  ledger.advance(60_000);
  await ledger.maintain();
  return createLoggedHeads(ledger.lines.flatMap((line) => readHead(JSON.stringify(line)) ?? []));
}

describe.each(ENGINES)("the chains on %s", (name) => {
  let engine: Engine;
  let ledger: TestLedger;
  beforeAll(async () => {
    engine = await startEngine(name);
  });
  afterAll(() => engine.stop());
  beforeEach(async () => {
    ledger = await openTestLedger(await engine.create());
    await fill(ledger, 6);
  });
  afterEach(() => ledger.stop());

  const tamper = (work: (db: Kysely<Tables>) => Promise<unknown>) => ledger.store.write(({ trx }) => work(trx));

  test("what was written verifies, and reads back as it was", async () => {
    expect(await verify(ledger)).toEqual({ chains: 1, events: 6, erased: 0, pruned: 0, breaks: [] });
    const [latest] = await ledger.log();
    expect(latest).toMatchObject({
      scopes: ["openid", "scope-5"],
      changes: [{ field: "état", before: null, after: '"\u2028\ud800' }],
      requestId: "request-5",
      position: 6,
    });
    expect(await ledger.events.byId(latest?.id ?? "")).toEqual(latest);
    expect(await ledger.events.head(ONE)).toMatchObject({ position: 6, hash: latest?.hash });
  });

  const CONTENT = {
    outcome: "FAILED",
    actor_id: "member-x",
    detail: '{"requestId":"x"}',
    at: 1,
    order: 999,
    id: "audit-event-x",
  };
  test.each(Object.entries(CONTENT))("a changed %s is found", async (column, value) => {
    await tamper((db) =>
      db
        .updateTable("audit_event")
        .set({ [column]: value })
        .where("position", "=", 3)
        .execute(),
    );
    expect((await verify(ledger)).breaks).toMatchObject([{ chain: ONE, position: 3 }]);
  });

  test("a removed event is found", async () => {
    await tamper((db) => db.deleteFrom("audit_event").where("position", "=", 4).execute());
    expect((await verify(ledger)).breaks).toEqual([{ chain: ONE, position: 4, reason: "is missing: it was removed" }]);
  });

  test("an added event is found", async () => {
    const add = (position: number) =>
      tamper(async (db) => {
        const row = await db.selectFrom("audit_event").selectAll().where("position", "=", 1).executeTakeFirstOrThrow();
        await db
          .insertInto("audit_event")
          .values({ ...row, position, order: 1000 + position, id: `audit-event-${position}` })
          .execute();
      });
    await add(0);
    expect((await verify(ledger)).breaks).toMatchObject(
      [{ position: 0, reason: /before the anchor/ }].map(({ position }) => ({ position })),
    );
    await tamper((db) => db.deleteFrom("audit_event").where("position", "=", 0).execute());
    await add(7);
    await tamper((db) => db.updateTable("chain_head").set({ position: 7 }).execute());
    expect((await verify(ledger)).breaks).toMatchObject([{ position: 7 }]);
  });

  test.each([7, 5000, Number.MAX_SAFE_INTEGER])(
    "an event added above the head, at %d, is found, and shown to nobody",
    async (position) => {
      const shown = await ledger.log({ of: "organization", organizationId: ONE });
      const added = { position, order: position, id: "audit-event-added", app_id: "app-added" };
      await tamper(async (db) => {
        const row = await db.selectFrom("audit_event").selectAll().where("position", "=", 6).executeTakeFirstOrThrow();
        await db
          .insertInto("audit_event")
          .values({ ...row, ...added })
          .execute();
      });
      const found = [{ chain: ONE, position, reason: "lies above the chain's head: it was added" }];
      expect((await verify(ledger)).breaks).toEqual(found);
      expect(await ledger.log({ of: "organization", organizationId: ONE })).toEqual(shown);
      await tamper((db) =>
        db.updateTable("audit_event").set({ order: -position }).where("position", "=", position).execute(),
      );
      expect(await ledger.log()).toEqual(shown);
      expect(await ledger.events.byId(added.id)).toBeNull();
      expect((await exported(ledger, { since: new Date(0) })).join()).not.toContain("app-added");
      // What others write to the chain meanwhile is no stray.
      if (position > 7) await fill(ledger, 1);
      expect((await verify(ledger)).breaks).toEqual(found);
    },
  );

  test("a changed time of the head is found", async () => {
    await tamper((db) => db.updateTable("chain_head").set({ at: 1 }).execute());
    expect((await verify(ledger)).breaks).toMatchObject([{ chain: ONE, position: 6 }]);
  });

  test("two swapped events are found", async () => {
    await tamper(async (db) => {
      const rows = await db
        .selectFrom("audit_event")
        .selectAll()
        .where("position", "in", [2, 3])
        .orderBy("position")
        .execute();
      await db.deleteFrom("audit_event").where("position", "in", [2, 3]).execute();
      const swapped = rows.map((row) => ({ ...row, position: row.position === 2 ? 3 : 2 }));
      await db.insertInto("audit_event").values(swapped).execute();
    });
    expect((await verify(ledger)).breaks).toMatchObject([{ position: 2 }]);
  });

  test("a tail that was cut is found by the head; with its head, by the log", async () => {
    const heads = await loggedHeads(ledger);
    expect(heads.highest(ONE)).toBe(6);
    await tamper((db) => db.deleteFrom("audit_event").where("position", ">", 4).execute());
    expect((await verify(ledger)).breaks).toMatchObject([{ position: 5 }]);

    await tamper(async (db) => {
      const last = await db.selectFrom("audit_event").selectAll().where("position", "=", 4).executeTakeFirstOrThrow();
      await db.updateTable("chain_head").set({ position: 4, hash: last.hash }).execute();
      await db.updateTable("event_order").set({ last: 4 }).execute();
    });
    expect((await verify(ledger)).breaks).toEqual([]);
    expect((await verify(ledger, heads)).breaks).toMatchObject([{ chain: ONE, position: 5 }]);
  });

  test.each(["warn", "silent"])("heads are written to a log of level %s", async (level) => {
    await ledger.stop();
    const written: string[] = [];
    const logger = pino({ level }, { write: (line: string) => void written.push(line) });
    ledger = await openTestLedger(await engine.create(), { logger });
    await fill(ledger, 1);
    ledger.advance(60_000);
    await ledger.maintain();
    expect(written.map(readHead)).toEqual([{ chain: ONE, position: 1, hash: (await ledger.events.head(ONE))?.hash }]);
  });

  test("a chain that was removed as a whole is found", async () => {
    await tamper((db) => db.deleteFrom("audit_event").execute());
    await tamper((db) => db.deleteFrom("chain_head").execute());
    expect((await verify(ledger)).breaks).toMatchObject([{ chain: "*" }]);
  });

  test("a chain whose head was removed is found", async () => {
    await tamper((db) => db.deleteFrom("chain_head").execute());
    expect((await verify(ledger)).breaks).toMatchObject([{ chain: ONE, position: 1 }]);
  });

  test("an export verifies without the database, whole or from a moment on", async () => {
    await ledger.advance(DAY);
    await fill(ledger, 2);
    await ledger.events.append({
      action: "CLIENT_DELETED",
      outcome: "DONE",
      actor: { kind: "SERVICE", id: "service-1" },
      requestId: "r",
    });
    expect(await verifyExport(lines(await exported(ledger)))).toEqual({
      chains: 2,
      events: 9,
      erased: 0,
      pruned: 0,
      breaks: [],
    });
    const recent = await exported(ledger, { organizationId: ONE, since: new Date(Date.parse("2026-11-22T00:00:00Z")) });
    expect(recent).toHaveLength(3);
    expect(await verifyExport(lines(recent))).toEqual({ chains: 1, events: 2, erased: 0, pruned: 6, breaks: [] });
  });

  test("an export that was changed names the first broken link", async () => {
    const all = await exported(ledger);
    const broken = async (changed: string[]) =>
      (await verifyExport(lines(changed))).breaks.map(({ position }) => position);
    expect(await broken(all.map((line) => line.replace("scope-2", "scope-9")))).toEqual([3]);
    expect(await broken(all.filter((_, index) => index !== 3))).toEqual([4]);
    expect(await broken([...all.slice(0, 2), all[3] ?? "", all[2] ?? "", ...all.slice(4)])).toEqual([3]);
    expect(await broken(all.slice(0, 4))).toEqual([5]);
    expect(await broken([...all.slice(0, 4), ...all.slice(-1)])).toEqual([5]);
    for (const nonsense of ["nonsense", '{"head":null}', '{"head":{"chain":"x"}}', "null", "[]"]) {
      expect(await broken([nonsense])).toEqual([0]);
    }
    const [first = "", ...rest] = all;
    for (const changed of [
      first.replace(/"event":\{[\s\S]*?"salt":"\w+"\}/, '"event":{}'),
      first.replace('{"chain"', '{"by":"me","chain"'),
    ]) {
      expect(changed).not.toBe(first);
      const { breaks } = await verifyExport(lines([changed, ...rest]));
      expect(breaks).toContainEqual({ chain: "line 1", position: 0, reason: "is no line of an export; 1 are none" });
    }
    expect(await broken([...all, all[5] ?? ""])).toEqual([6]);
  });

  test("an export without its end, a chain or any event is found, by the log where it needs the log", async () => {
    await ledger.events.append({
      action: "CLIENT_DELETED",
      outcome: "DONE",
      actor: { kind: "SERVICE", id: "service-1" },
      requestId: "r",
    });
    const heads = await loggedHeads(ledger);
    const all = await exported(ledger);
    const check = async (changed: string[], only?: string) => (await verifyExport(lines(changed), heads, only)).breaks;
    expect(await check(all)).toEqual([]);

    const own = await exported(ledger, { organizationId: ONE });
    expect(await check(own)).toMatchObject([{ chain: "marketplace", position: 1 }]);
    expect(await check(own, ONE)).toEqual([]);
    expect(await check(own, "marketplace")).toMatchObject([{ chain: "marketplace", reason: "is not in the file" }]);
    const { hash } = JSON.parse(own[4] ?? "");
    const cut = [...own.slice(0, 5), JSON.stringify({ head: { chain: ONE, position: 5, hash } })];
    expect(await check(cut, ONE)).toMatchObject([
      { chain: ONE, position: 6, reason: expect.stringMatching(/^is missing/) },
    ]);
    expect(await check(own.slice(-1), ONE)).toMatchObject([{ chain: "*", position: 0 }]);
    expect((await verifyExport(lines([]))).breaks).toMatchObject([{ chain: "*", position: 0 }]);

    // Of a chain where nothing happened since, there is the head.
    ledger.advance(DAY);
    await fill(ledger, 1);
    const since = ledger.clock();
    expect(await verifyExport(lines(await exported(ledger, { since })), await loggedHeads(ledger))).toEqual({
      chains: 2,
      events: 1,
      erased: 0,
      pruned: 7,
      breaks: [],
    });
  });

  test("a person's erasure takes the content; the chain still verifies, and an export too", async () => {
    expect(await erase(ledger.store, { memberId: "member-1" })).toEqual({ events: 3, grants: 0, openOperations: 0 });
    expect(await erase(ledger.store, { memberId: "member-1" })).toMatchObject({ events: 0 });
    expect((await ledger.log()).map(({ actor }) => actor.id)).toEqual(["member-0", "member-0", "member-0"]);
    expect(await verify(ledger)).toEqual({ chains: 1, events: 6, erased: 3, pruned: 0, breaks: [] });
    const all = await exported(ledger);
    expect(all.join()).not.toContain("member-1");
    expect(all.join()).not.toContain("app-1");
    expect(await verifyExport(lines(all))).toMatchObject({ events: 6, erased: 3, breaks: [] });
    await fill(ledger, 1);
    expect((await verify(ledger)).breaks).toEqual([]);
  });

  test("a tenant's erasure takes its events and grants, and nobody else's", async () => {
    const key = { organizationId: ONE, memberId: "member-1", connectedAppId: "app-1" };
    const other = { ...key, organizationId: "organization-2", memberId: "member-2" };
    await ledger.store.write(async (unit) => {
      for (const each of [key, other]) await ledger.grants.granted(each, ["openid"])(unit);
    });
    await ledger.events.append({
      action: "CLIENT_DELETED",
      outcome: "DONE",
      actor: { kind: "SERVICE", id: "service-1" },
      requestId: "r",
    });
    expect(await erase(ledger.store, { organizationId: ONE })).toEqual({ events: 6, grants: 1, openOperations: 0 });
    expect((await ledger.log()).map(({ action }) => action)).toEqual(["CLIENT_DELETED"]);
    expect(await ledger.grants.of([key, other])).toEqual([null, expect.objectContaining({ memberId: "member-2" })]);
    expect((await verify(ledger)).breaks).toEqual([]);
  });

  test("pruning takes the oldest and leaves an anchor from which the rest verifies", async () => {
    await ledger.stop();
    const url = await engine.create();
    ledger = await openTestLedger(url, { retentionDays: 10 });
    await fill(ledger, 450);
    ledger.advance(5 * DAY);
    await fill(ledger, 3);
    await ledger.maintain();
    expect(await ledger.log()).toHaveLength(453);
    ledger.advance(6 * DAY);
    await ledger.maintain();
    expect(await ledger.log()).toHaveLength(3);
    expect(await verify(ledger)).toEqual({ chains: 1, events: 3, erased: 0, pruned: 450, breaks: [] });
    expect(await verifyExport(lines(await exported(ledger)))).toMatchObject({ events: 3, breaks: [] });
    expect((await ledger.events.head(ONE))?.position).toBe(453);
    await tamper((db) => db.updateTable("chain_head").set({ anchor_hash: GENESIS }).execute());
    expect((await verify(ledger)).breaks).toMatchObject([{ position: 451 }]);
    await tamper((db) => db.deleteFrom("audit_event").where("position", "=", 451).execute());
    expect((await verify(ledger)).breaks).toMatchObject([{ position: 451 }]);
  });
});
