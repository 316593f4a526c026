import type { Effect } from "../../src/ledger/operation";
import { startRotationClock } from "../../src/ledger/rotation-clock";
import { madeAt, openRotation } from "../../src/ledger/secret-record";
import { ENGINES, type Engine, startEngine } from "./engines";
import { NOW, openTestLedger, silent, type TestLedger } from "./ledger";

const MINUTE = 60_000;
const startedBy = { kind: "OPERATOR", id: "member-op" } as const;
const key = (member: number, app: number) => ({
  organizationId: "organization-1",
  memberId: `member-${member}`,
  connectedAppId: `app-${app}`,
});

describe.each(ENGINES)("what is due and since when, on %s", (name) => {
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

  const apply = (...effects: Effect[]) =>
    ledger.store.write(async (unit) => {
      for (const effect of effects) await effect(unit);
    });
  const rotation = async (app = "app-1") => (await ledger.rotations.of([app])).get(app)?.rotation;

  describe("grants", () => {
    const since = async (...keys: ReturnType<typeof key>[]) =>
      (await ledger.grants.of(keys)).map((grant) => grant?.grantedAt.getTime());

    test("a second consent keeps the time and takes its scopes; after a revocation a new time begins", async () => {
      await apply(ledger.grants.granted(key(1, 1), ["openid"]));
      ledger.advance(MINUTE);
      await apply(ledger.grants.granted(key(1, 1), ["openid", "read"]));
      expect(await ledger.grants.of([key(1, 1)])).toEqual([
        { ...key(1, 1), grantedAt: new Date(NOW), updatedAt: new Date(NOW + MINUTE), scopes: ["openid", "read"] },
      ]);
      await apply(ledger.grants.revoked(key(1, 1)));
      expect(await since(key(1, 1))).toEqual([undefined]);
      await apply(ledger.grants.granted(key(1, 1), ["openid"]));
      expect(await since(key(1, 1))).toEqual([NOW + MINUTE]);
    });

    test("1500 at once, in their order, unknown ones as null", async () => {
      const keys = Array.from({ length: 1500 }, (_, i) => key(i % 300, Math.floor(i / 300)));
      const known = keys.filter((_, i) => i % 3 > 0);
      await apply(...known.map((each) => ledger.grants.granted(each, [])));
      const answers = await ledger.grants.of(keys);
      expect(
        answers.map((grant) => grant && key(Number(grant.memberId.slice(7)), Number(grant.connectedAppId.slice(4)))),
      ).toEqual(keys.map((each, i) => (i % 3 > 0 ? each : null)));
      expect(await ledger.grants.of([])).toEqual([]);
    });

    test("an app that is gone takes all of its grants with it, and no others", async () => {
      await apply(
        ...Array.from({ length: 1200 }, (_, i) => ledger.grants.granted(key(i, 1), [])),
        ledger.grants.granted(key(1, 2), []),
      );
      await apply(ledger.grants.appDeleted("app-1"));
      expect(await since(key(0, 1), key(1199, 1), key(1, 2))).toEqual([undefined, undefined, NOW]);
    });
  });

  describe("a policy that was changed", () => {
    const allowing =
      (...allowed: string[]) =>
      (appId: string, clientType: string) =>
        allowed.includes(appId) || allowed.includes(clientType);

    test("ends the grants of the apps that it leaves out, of that Organization alone", async () => {
      const given = { clientType: "third_party_public" };
      await apply(
        ...Array.from({ length: 700 }, (_, i) => ledger.grants.granted(key(i, 1), [], given)),
        ledger.grants.granted(key(1, 2), [], given),
        ledger.grants.granted(key(1, 3), [], { clientType: "first_party" }),
        ledger.grants.granted({ ...key(1, 1), organizationId: "organization-2" }, [], given),
        // Of an earlier version: either kind.
        ledger.grants.granted(key(1, 4), []),
      );
      const all = [key(0, 1), key(699, 1), key(1, 2), key(1, 3), key(1, 4)];
      const known = async () => (await ledger.grants.of(all)).map((grant) => grant !== null);
      await apply(
        ledger.grants.policyChanged("organization-1", allowing("third_party_public", "third_party", "first_party")),
      );
      expect(await known()).toEqual([true, true, true, true, true]);
      await apply(ledger.grants.policyChanged("organization-1", allowing("app-2", "first_party")));
      expect(await known()).toEqual([false, false, true, true, false]);
      const [other] = await ledger.grants.of([{ ...key(1, 1), organizationId: "organization-2" }]);
      expect(other).not.toBeNull();
    });
  });

  describe("secrets and rotations", () => {
    test("a secret has the time at which it was made, also after a rotation", async () => {
      await apply(ledger.rotations.secretCreated("app-1", { lastFour: "aaaa" }));
      ledger.advance(MINUTE);
      const next = { connectedAppId: "app-1", startedBy, completeAfter: null, lastFour: "bbbb" };
      await apply(ledger.rotations.started(next));
      const records = await ledger.rotations.of(["app-1", "app-unknown"]);
      expect([...records]).toEqual([
        [
          "app-1",
          {
            createdAt: new Date(NOW),
            lastFour: "aaaa",
            rotation: {
              id: expect.any(String),
              startedAt: new Date(NOW + MINUTE),
              startedBy,
              completeAfter: null,
              nextLastFour: "bbbb",
            },
          },
        ],
      ]);
      ledger.advance(MINUTE);
      await apply(ledger.rotations.completed("app-1"));
      const completed = { createdAt: new Date(NOW + MINUTE), lastFour: "bbbb", rotation: null };
      expect((await ledger.rotations.of(["app-1"])).get("app-1")).toEqual(completed);
    });

    test("a secret that was made elsewhere has no time, whichever rotation of ours was open", async () => {
      const { secretCreated, started, completed } = ledger.rotations;
      await apply(secretCreated("app-1", { lastFour: "aaaa" }));
      await apply(started({ connectedAppId: "app-1", startedBy, completeAfter: null, lastFour: "bbbb" }));
      await apply(completed("app-1", { lastFour: "cccc" }));
      const known = (await ledger.rotations.of(["app-1"])).get("app-1");
      expect(known).toEqual({ createdAt: null, lastFour: "cccc", rotation: null });
    });

    test.each(["started", "cancelled"] as const)(
      "a rotation of ours that was completed elsewhere keeps its time when the next is %s",
      async (next) => {
        const { secretCreated, started, cancelled } = ledger.rotations;
        const rotation = { connectedAppId: "app-1", startedBy, completeAfter: null };
        await apply(secretCreated("app-1", { lastFour: "aaaa" }));
        ledger.advance(MINUTE);
        await apply(started({ ...rotation, lastFour: "bbbb" }));
        ledger.advance(MINUTE);
        if (next === "started") await apply(started({ ...rotation, lastFour: "cccc", currentLastFour: "bbbb" }));
        else await apply(cancelled("app-1", { lastFour: "bbbb" }));
        const known = (await ledger.rotations.of(["app-1"])).get("app-1");
        expect(known).toMatchObject({ createdAt: new Date(NOW + MINUTE), lastFour: "bbbb" });
      },
    );

    test("what an earlier version wrote, without those characters, is believed as it was", async () => {
      await apply(ledger.rotations.secretCreated("app-1"));
      ledger.advance(MINUTE);
      await apply(ledger.rotations.started({ connectedAppId: "app-1", startedBy, completeAfter: null }));
      const known = (await ledger.rotations.of(["app-1"])).get("app-1");
      if (!known) throw new Error("It was written.");
      const now = { lastFour: "aaaa", nextLastFour: "bbbb" };
      expect([madeAt(known, now), openRotation(known.rotation, now)]).toEqual([new Date(NOW), known.rotation]);
      await apply(ledger.rotations.completed("app-1", { lastFour: "bbbb" }));
      const completed = { createdAt: new Date(NOW + MINUTE), lastFour: "bbbb", rotation: null };
      expect((await ledger.rotations.of(["app-1"])).get("app-1")).toEqual(completed);
    });

    test("cancelling keeps the old secret's time; deleting the app forgets it", async () => {
      await apply(ledger.rotations.secretCreated("app-1"));
      ledger.advance(MINUTE);
      await apply(
        ledger.rotations.started({ connectedAppId: "app-1", startedBy, completeAfter: null }),
        ledger.rotations.cancelled("app-1"),
      );
      const known = (await ledger.rotations.of(["app-1"])).get("app-1");
      expect(known).toEqual({ createdAt: new Date(NOW), lastFour: null, rotation: null });
      await apply(ledger.rotations.appDeleted("app-1"));
      expect(await ledger.rotations.of(["app-1"])).toEqual(new Map());
    });

    test("the clock: not before its time, then once; moved and removed by rescheduling", async () => {
      const at = (minutes: number) => new Date(NOW + minutes * MINUTE);
      await apply(ledger.rotations.started({ connectedAppId: "app-1", startedBy, completeAfter: at(10) }));
      expect(await ledger.rotations.claimDue(5)).toEqual([]);
      await apply(ledger.rotations.rescheduled("app-1", at(20)), ledger.rotations.rescheduled("app-elsewhere", at(1)));
      ledger.advance(10 * MINUTE);
      expect(await ledger.rotations.claimDue(5)).toEqual([]);
      expect(await ledger.rotations.figures()).toEqual({ scheduled: 1, due: 0, overdue: 0, failed: 0 });
      ledger.advance(12 * MINUTE);
      expect(await ledger.rotations.figures()).toEqual({ scheduled: 1, due: 1, overdue: 1, failed: 0 });
      const [due] = await ledger.rotations.claimDue(5);
      expect(due).toMatchObject({ connectedAppId: "app-1", completeAfter: at(20), startedBy, failures: 0, attempt: 1 });
      expect(await ledger.rotations.claimDue(5)).toEqual([]);
      await apply(ledger.rotations.rescheduled("app-1", null));
      ledger.advance(10 * MINUTE);
      expect(await ledger.rotations.claimDue(5)).toEqual([]);
      expect((await rotation())?.completeAfter).toBeNull();
    });

    test("a lease that ran out goes to another, and the first one can neither fail it nor end a later rotation", async () => {
      await apply(ledger.rotations.started({ connectedAppId: "app-1", startedBy, completeAfter: new Date(NOW) }));
      const [first] = await ledger.rotations.claimDue(1);
      if (!first) throw new Error("It was due.");
      expect(await ledger.rotations.stillMine(first)).toBe(true);
      ledger.advance(3 * MINUTE);
      expect(await ledger.rotations.stillMine(first)).toBe(false);
      const [second] = await ledger.rotations.claimDue(1);
      if (!second) throw new Error("The lease had run out.");
      expect(second.attempt).toBe(2);
      await ledger.rotations.failed(first);
      expect(await ledger.rotations.stillMine(second)).toBe(true);
      await apply(ledger.rotations.completed("app-1", { rotationId: second.id }));
      await apply(ledger.rotations.started({ connectedAppId: "app-1", startedBy, completeAfter: null }));
      await apply(ledger.rotations.completed("app-1", { rotationId: first.id }));
      expect(await rotation()).toMatchObject({ startedAt: new Date(NOW + 3 * MINUTE) });
    });

    test("none is claimed before it is known what became of an earlier try: only then is its new secret's age known", async () => {
      await apply(ledger.rotations.started({ connectedAppId: "app-1", startedBy, completeAfter: new Date(NOW) }));
      const actor = { kind: "GATEWAY", id: null } as const;
      const intent = { actor, target: { connectedAppId: "app-1" }, requestId: "request-1" };
      const tried = await ledger.operations.begin({ ...intent, action: "SECRET_ROTATION_COMPLETED" });
      ledger.advance(10 * MINUTE);
      expect(await ledger.rotations.claimDue(5)).toEqual([]);
      await ledger.operations.finish(tried, { outcome: "FAILED" });
      expect(await ledger.rotations.claimDue(5)).toHaveLength(1);
    });

    test("two replicas complete 50 due rotations, each once; one that fails comes back after pauses that grow", async () => {
      const apps = Array.from({ length: 50 }, (_, i) => `app-${i}`);
      await apply(
        ...apps.map((connectedAppId) =>
          ledger.rotations.started({ connectedAppId, startedBy, completeAfter: new Date(NOW) }),
        ),
      );
      const other = await openTestLedger(url);
      const done: string[] = [];
      let away = true;
      const clocks = [ledger, other].map((each) =>
        startRotationClock(
          each.rotations,
          async ({ connectedAppId, id }) => {
            if (connectedAppId === "app-7" && away) throw new Error("Stytch is away");
            done.push(connectedAppId);
            await each.store.write(each.rotations.completed(connectedAppId, { rotationId: id }));
          },
          { logger: silent },
        ),
      );
      const run = async () => {
        await Promise.all(clocks.map((clock) => clock.run()));
      };
      await run();
      expect(done.sort()).toEqual(apps.filter((app) => app !== "app-7").sort());
      expect(await ledger.rotations.figures()).toEqual({ scheduled: 1, due: 1, overdue: 0, failed: 1 });
      expect(await ledger.metrics()).toContain('gateway_secret_rotations{state="failed"} 1');
      for (const pause of [10_000, 20_000, 40_000]) {
        for (const each of [ledger, other]) each.advance(pause - 1);
        await run();
        expect(await ledger.rotations.claimDue(1)).toEqual([]);
        for (const each of [ledger, other]) each.advance(1);
        await run();
      }
      away = false;
      for (const each of [ledger, other]) each.advance(80_000);
      await run();
      expect(done.sort()).toEqual(apps.sort());
      await Promise.all(clocks.map((clock) => clock.stop()));
      await other.stop();
    });
  });

  describe("pending consents", () => {
    const pending = (owner: string, n = 0) => ({
      owner,
      parameters: { clientId: "app-1", state: `state-${n}` },
      member: null,
      consentRequired: true,
    });

    test("read by their owner only, used once by one of many, over two replicas", async () => {
      const other = await openTestLedger(url);
      const [here, there] = [ledger, other].map((each) => each.pendingRequests<ReturnType<typeof pending>>("secret"));
      if (!here || !there) throw new Error("Two replicas.");
      const request = await here.add(pending("session-1"));
      expect(request).toEqual({
        ...pending("session-1"),
        id: expect.stringMatching(/^authorization-request-[\w-]{43}$/),
        expiresAt: NOW + 10 * MINUTE,
      });
      expect(await there.find(request.id, "session-1")).toEqual(request);
      expect(await there.find(request.id, "session-2")).toBeNull();
      expect(await there.find("authorization-request-x", "session-1")).toBeNull();
      const rekeyed = ledger.pendingRequests<ReturnType<typeof pending>>("another secret");
      expect(await rekeyed.find(request.id, "session-1")).toBeNull();
      const claims = await Promise.all(Array.from({ length: 20 }, (_, i) => (i % 2 ? here : there).claim(request.id)));
      expect(claims.filter(Boolean)).toHaveLength(1);
      expect(await here.find(request.id, "session-1")).toBeNull();
      await other.stop();
    });

    test("gone after ten minutes, also from the disk", async () => {
      const requests = ledger.pendingRequests<ReturnType<typeof pending>>("secret");
      const { id } = await requests.add(pending("session-1"));
      ledger.advance(10 * MINUTE - 1);
      expect(await requests.find(id, "session-1")).not.toBeNull();
      ledger.advance(1);
      expect(await requests.find(id, "session-1")).toBeNull();
      expect(await requests.claim(id)).toBe(false);
      await ledger.maintain();
      expect(await ledger.store.read((db) => db.selectFrom("authorization_request").selectAll().execute())).toEqual([]);
    });

    test("at most ten of one session: its own oldest goes, and nobody else's; each is bounded", async () => {
      const requests = ledger.pendingRequests<ReturnType<typeof pending>>("secret");
      const others = await requests.add(pending("session-other"));
      const ids: string[] = [];
      for (let i = 0; i < 13; i++) {
        ledger.advance(1);
        ids.push((await requests.add(pending("session-1", i))).id);
      }
      const found = await Promise.all(ids.map((id) => requests.find(id, "session-1")));
      expect(found.map((request) => request?.parameters.state)).toEqual([
        ...[undefined, undefined, undefined],
        ...Array.from({ length: 10 }, (_, i) => `state-${i + 3}`),
      ]);
      expect(await requests.find(others.id, "session-other")).not.toBeNull();
      const large = { ...pending("session-1"), parameters: { clientId: "app-1", state: "x".repeat(70_000) } };
      await expect(requests.add(large)).rejects.toMatchObject({ code: "BAD_USER_INPUT" });
    });
  });
});
