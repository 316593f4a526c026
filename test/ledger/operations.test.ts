import { erase } from "../../src/ledger/erase";
import type { Result } from "../../src/ledger/operation";
import { startSweeper } from "../../src/ledger/sweeper";
import { ENGINES, type Engine, startEngine } from "./engines";
import { NOW, openTestLedger, silent, type TestLedger, verify } from "./ledger";

const actor = { kind: "SERVICE", id: "service-1" } as const;
const target = { organizationId: "organization-1", memberId: "member-1", connectedAppId: "app-1" };
const intent = {
  action: "AUTHORIZATION_REVOKED",
  actor,
  target,
  requestId: "request-1",
  facts: { scopes: ["a"], n: 1 },
} as const;
const MINUTE = 60_000;

describe.each(ENGINES)("operations on %s", (name) => {
  let engine: Engine;
  let url: string;
  let ledger: TestLedger;
  beforeAll(async () => {
    engine = await startEngine(name);
  });
  afterAll(() => engine.stop());
  beforeEach(async () => {
    url = await engine.create();
    ledger = await openTestLedger(url);
  });
  afterEach(() => ledger.stop());

  const sweeperOf = (of: TestLedger, resolve: () => Promise<Result | null>) =>
    startSweeper(of.operations, resolve, { logger: silent, clock: of.clock });
  const outcomes = async () => (await ledger.log()).map(({ outcome }) => outcome).reverse();

  test("an operation is open until it is finished, once, with one event", async () => {
    const operation = await ledger.operations.begin(intent);
    expect(await ledger.operations.countOpen()).toBe(1);
    expect(await ledger.log()).toEqual([]);
    const result = { outcome: "DONE", stytchRequestIds: ["request-id-test-1"] } as const;
    expect(await ledger.operations.finish(operation, result)).toBe(true);
    expect(await ledger.operations.finish(operation, { outcome: "FAILED" })).toBe(false);
    expect(await ledger.operations.countOpen()).toBe(0);
    expect(await ledger.log()).toEqual([
      {
        id: expect.stringMatching(/^audit-event-/),
        at: new Date(NOW),
        action: "AUTHORIZATION_REVOKED",
        outcome: "DONE",
        code: null,
        actor,
        ...target,
        scopes: null,
        changes: [],
        requestId: "request-1",
        stytchRequestIds: ["request-id-test-1"],
        chain: "organization-1",
        position: 1,
        order: 1,
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ]);
  });

  test("grants and event become durable together, or not at all", async () => {
    const operation = await ledger.operations.begin(intent);
    const effects = [
      ledger.grants.granted(target, ["openid"]),
      async () => {
        throw new Error("The second effect fails.");
      },
    ];
    expect(await ledger.operations.finish(operation, { outcome: "DONE", effects })).toBe(false);
    expect(await ledger.grants.of([target])).toEqual([null]);
    expect(await ledger.log()).toEqual([]);
    expect(ledger.lines).toContainEqual(
      expect.objectContaining({ msg: "An outcome could not be recorded", outcome: "DONE" }),
    );
  });

  test("an outcome that could not be written is written as soon as it can be", async () => {
    const operation = await ledger.operations.begin(intent);
    let broken = true;
    const effect = async () => {
      if (broken) throw new Error("not yet");
    };
    expect(await ledger.operations.finish(operation, { outcome: "DONE", effects: [effect] })).toBe(false);
    broken = false;
    await ledger.maintain();
    await ledger.maintain();
    expect(await outcomes()).toEqual(["DONE"]);
  });

  test("one bad write does not undo those that share its transaction", async () => {
    const good = (i: number) =>
      ledger.events.append({ action: "CLIENT_UPDATED", outcome: "DONE", actor, requestId: `r${i}` });
    const bad = ledger.store.write(async ({ trx }) => {
      await trx.insertInto("event_order").values({ id: 1, last: 0 }).execute();
    });
    const settled = await Promise.allSettled([good(1), bad, good(2), good(3)]);
    expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled"]);
    expect(await ledger.log()).toHaveLength(3);
    expect((await verify(ledger)).breaks).toEqual([]);
  });

  test("a crash leaves it open; after a minute the sweeper of one replica settles it, with what it was told", async () => {
    await ledger.operations.begin(intent);
    const other = await openTestLedger(url);
    const asked: unknown[] = [];
    const sweepers = [ledger, other].map((each) =>
      startSweeper(
        each.operations,
        async (operation) => {
          asked.push(operation);
          return { outcome: "DONE", effects: [ledger.grants.granted(target, ["openid"])] };
        },
        { logger: silent, clock: each.clock },
      ),
    );
    expect(await sweepers[0]?.run()).toBe(0);
    for (const each of [ledger, other]) each.advance(MINUTE);
    const settled = await Promise.all(sweepers.map((sweeper) => sweeper.run()));
    expect(settled.sort()).toEqual([0, 1]);
    expect(asked).toMatchObject([{ ...intent, state: "OPEN", attempt: 1 }]);
    expect(await outcomes()).toEqual(["DONE"]);
    expect((await ledger.grants.of([target]))[0]?.scopes).toEqual(["openid"]);
    await Promise.all(sweepers.map((sweeper) => sweeper.stop()));
    await other.stop();
  });

  test("a lost answer is UNKNOWN at once and settled soon, in a second event that says so", async () => {
    const operation = await ledger.operations.begin(intent);
    await ledger.operations.finish(operation, { outcome: "UNKNOWN", code: "UPSTREAM_TIMEOUT" });
    expect(await outcomes()).toEqual(["UNKNOWN"]);
    ledger.advance(10_000);
    const sweeper = sweeperOf(ledger, async () => ({ outcome: "DONE" }));
    expect(await sweeper.run()).toBe(1);
    expect(await ledger.log()).toMatchObject([
      { outcome: "DONE", changes: [{ field: "outcome", before: "UNKNOWN", after: "DONE" }] },
      { outcome: "UNKNOWN", code: "UPSTREAM_TIMEOUT" },
    ]);
    await sweeper.stop();
  });

  test("what is not there after a lost answer may still come: it counts as not done after a minute only", async () => {
    const operation = await ledger.operations.begin(intent);
    await ledger.operations.finish(operation, { outcome: "UNKNOWN", code: "UPSTREAM_TIMEOUT" });
    const sweeper = sweeperOf(ledger, async () => ({ outcome: "FAILED", code: "NOT_DONE" }));
    for (const pause of [5000, 5000, 10_000, 20_000]) {
      ledger.advance(pause);
      expect(await sweeper.run()).toBe(0);
    }
    expect(await outcomes()).toEqual(["UNKNOWN"]);
    ledger.advance(40_000);
    expect(await sweeper.run()).toBe(1);
    expect(await outcomes()).toEqual(["UNKNOWN", "FAILED"]);
    await sweeper.stop();
  });

  test("what cannot be told now is asked again after pauses that grow; what never can stays UNKNOWN", async () => {
    await ledger.operations.begin(intent);
    ledger.advance(MINUTE);
    let answer: () => Promise<Result | null> = async () => {
      throw new Error("Stytch is away");
    };
    const sweeper = sweeperOf(ledger, () => answer());
    for (const pause of [5000, 10_000, 20_000]) {
      expect(await sweeper.run()).toBe(0);
      expect(await ledger.operations.claimOpen(1)).toEqual([]);
      ledger.advance(pause);
    }
    answer = async () => null;
    expect(await sweeper.run()).toBe(1);
    expect(await outcomes()).toEqual(["UNKNOWN"]);
    expect(await ledger.operations.countOpen()).toBe(0);
    await sweeper.stop();
  });

  test("whoever is late loses: the process that was taken for dead, and the sweeper whose lease ran out", async () => {
    const operation = await ledger.operations.begin(intent);
    ledger.advance(MINUTE);
    const [first] = await ledger.operations.claimOpen(1);
    ledger.advance(2 * MINUTE);
    const [second] = await ledger.operations.claimOpen(1);
    if (!first || !second) throw new Error("Both should have claimed it.");
    expect(await ledger.operations.settle(first, { outcome: "FAILED" })).toBe(false);
    expect(await ledger.operations.settle(second, { outcome: "DONE" })).toBe(true);
    expect(await ledger.operations.finish(operation, { outcome: "FAILED" })).toBe(false);
    expect(await outcomes()).toEqual(["DONE"]);
  });

  describe("idempotency keys", () => {
    const created = { ...intent, action: "CLIENT_CREATED", target: {} } as const;
    const key = { key: "key-1", input: { name: "Books", urls: ["a", "b"] } };

    test("of many at once one begins; afterwards all are replays with its app", async () => {
      const other = await openTestLedger(url);
      const begun = await Promise.all(
        Array.from({ length: 20 }, (_, i) => (i % 2 ? ledger : other).operations.beginOnce(created, key)),
      );
      const winners = begun.flatMap((each) => (each.kind === "begun" ? [each.operation] : []));
      expect(winners).toHaveLength(1);
      expect(begun.filter(({ kind }) => kind === "inFlight")).toHaveLength(19);
      expect(await ledger.operations.countOpen()).toBe(1);
      for (const operation of winners) {
        await ledger.operations.finish(operation, { outcome: "DONE", target: { connectedAppId: "app-new" } });
      }
      expect(await other.operations.beginOnce(created, { ...key, input: { urls: ["a", "b"], name: "Books" } })).toEqual(
        {
          kind: "replayed",
          connectedAppId: "app-new",
        },
      );
      await other.stop();
    });

    test("another input is told apart; another caller and the next day are free", async () => {
      await ledger.operations.beginOnce(created, key);
      expect(await ledger.operations.beginOnce(created, { ...key, input: { name: "Other" } })).toEqual({
        kind: "reused",
      });
      const somebody = { ...created, actor: { kind: "SERVICE", id: "service-2" } } as const;
      expect((await ledger.operations.beginOnce(somebody, key)).kind).toBe("begun");
      ledger.advance(24 * 60 * MINUTE);
      expect((await ledger.operations.beginOnce(created, { ...key, input: { name: "Other" } })).kind).toBe("begun");
    });

    test.each(["REFUSED", "FAILED"] as const)("%s frees the key", async (outcome) => {
      const begun = await ledger.operations.beginOnce(created, key);
      if (begun.kind === "begun") await ledger.operations.finish(begun.operation, { outcome });
      expect((await ledger.operations.beginOnce(created, key)).kind).toBe("begun");
    });

    test("a lost answer keeps the key until the sweeper knows", async () => {
      const begun = await ledger.operations.beginOnce(created, key);
      if (begun.kind === "begun") await ledger.operations.finish(begun.operation, { outcome: "UNKNOWN" });
      expect(await ledger.operations.beginOnce(created, key)).toEqual({ kind: "inFlight" });
      ledger.advance(MINUTE);
      const sweeper = sweeperOf(ledger, async () => ({ outcome: "DONE", target: { connectedAppId: "app-found" } }));
      await sweeper.run();
      expect(await ledger.operations.beginOnce(created, key)).toEqual({
        kind: "replayed",
        connectedAppId: "app-found",
      });
      await sweeper.stop();
    });
  });

  describe("refusals", () => {
    const refusal = {
      action: "CLIENT_DELETED",
      code: "FORBIDDEN",
      actor,
      organizationId: "organization-1",
      requestId: "r",
    } as const;

    test("a flood by one caller over two replicas grows the ledger by 60 rows a minute", async () => {
      const other = await openTestLedger(url);
      const flood = Array.from({ length: 500 }, (_, i) => (i % 2 ? ledger : other).refusals.refused(refusal));
      await Promise.all(flood);
      await ledger.refusals.refused({ ...refusal, actor: { kind: "MEMBER", id: "member-9" } });
      expect(await ledger.log()).toHaveLength(60);
      // Every replica hands on what it counted every few seconds; the minute is summed up later.
      for (let round = 0; round < 3; round++) {
        for (const each of [ledger, other]) each.advance(40_000);
        await Promise.all([ledger.maintain(), other.maintain()]);
      }
      const [sum, ...rest] = await ledger.log();
      expect(rest).toHaveLength(60);
      expect(sum).toMatchObject({
        action: "CLIENT_DELETED",
        outcome: "REFUSED",
        code: "MORE_REFUSALS",
        actor,
        organizationId: "organization-1",
        changes: [{ field: "refusals", before: null, after: String(500 - 59) }],
      });
      await ledger.refusals.refused(refusal);
      expect(await ledger.log()).toHaveLength(62);
      await other.stop();
    });

    test("one that cannot be written in time is counted, also when its minute has ended meanwhile", async () => {
      const operation = await ledger.operations.begin(intent);
      let release: () => void = () => undefined;
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      const finished = ledger.operations.finish(operation, { outcome: "DONE", effects: [() => held] });
      // Its write waits behind that one, until it is given up.
      const refused = ledger.refusals.refused(refusal);
      ledger.advance(MINUTE);
      const maintained = ledger.maintain().catch(() => undefined);
      await Promise.all([refused, maintained]);
      release();
      await finished;
      for (let round = 0; round < 3; round++) {
        ledger.advance(40_000);
        await ledger.maintain();
      }
      expect((await ledger.log()).filter(({ outcome }) => outcome === "REFUSED")).toMatchObject([
        { code: "MORE_REFUSALS", actor, changes: [{ field: "refusals", after: "1" }] },
      ]);
    });

    test("so does a flood of intents that end REFUSED, in one window with the others; nothing stays open", async () => {
      const other = await openTestLedger(url);
      const attempts = Array.from({ length: 150 }, async (_, i) => {
        const each = i % 2 ? ledger : other;
        if (i < 20) return each.refusals.refused(refusal);
        const organizationId = i % 3 ? "organization-1" : "organization-2";
        const begun = await each.operations.begin({ ...intent, target: { organizationId } });
        return each.operations.finish(begun, { outcome: "REFUSED", code: "NOT_FOUND" });
      });
      await Promise.all(attempts);
      expect(await ledger.operations.countOpen()).toBe(0);
      expect(await ledger.log()).toHaveLength(59);
      ledger.advance(2 * MINUTE);
      await ledger.maintain();
      const [sum, ...rest] = await ledger.log();
      expect(rest).toHaveLength(59);
      // Of more than one Organization, so it stands in the chain of none.
      expect(sum).toMatchObject({ action: "UNKNOWN", organizationId: null, code: "MORE_REFUSALS", actor });
      expect(sum?.changes).toEqual([{ field: "refusals", before: null, after: String(150 - 59) }]);
      await other.stop();
    });

    test("what the gateway itself is refused has a row each: it asks only for what is due", async () => {
      const own = { ...intent, actor: { kind: "GATEWAY", id: null } } as const;
      for (let i = 0; i < 70; i++) {
        await ledger.operations.finish(await ledger.operations.begin(own), { outcome: "REFUSED" });
      }
      expect(await ledger.log()).toHaveLength(70);
    });

    test.each([{ organizationId: refusal.organizationId }, { memberId: actor.id }])(
      "what was counted of %j goes when it is erased, and comes back in no sum",
      async (whose) => {
        const other = await openTestLedger(url);
        await Promise.all(Array.from({ length: 100 }, (_, i) => (i % 2 ? ledger : other).refusals.refused(refusal)));
        await ledger.refusals.refused({
          ...refusal,
          actor: { kind: "MEMBER", id: "member-9" },
          organizationId: "other",
        });
        await erase(ledger.store, whose);
        const counted = await ledger.store.read((db) => db.selectFrom("refusal_window").select("actor").execute());
        expect(counted).toEqual([{ actor: "MEMBER:member-9" }]);
        ledger.advance(200_000);
        await ledger.maintain();
        expect(await ledger.log()).toMatchObject([{ actor: { id: "member-9" } }]);
        await other.stop();
      },
    );
  });
});
