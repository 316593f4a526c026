import fc from "fast-check";
import { AUDIT_ACTIONS, AUDIT_OUTCOMES, type AuditEvent, type NewEvent } from "../../src/ledger/event";
import type { AuditFilter, AuditScope } from "../../src/ledger/event-pages";
import { ENGINES, type Engine, startEngine } from "./engines";
import { NOW, openTestLedger, type TestLedger } from "./ledger";

const organization = fc.constantFrom(null, "organization-1", "organization-2");
const member = fc.constantFrom("member-1", "member-2", "member-3");
const app = fc.constantFrom("app-1", "app-2");
const action = fc.constantFrom(...AUDIT_ACTIONS.slice(0, 4));
const outcome = fc.constantFrom(...AUDIT_OUTCOMES);

const event: fc.Arbitrary<NewEvent> = fc.record({
  action,
  outcome,
  actor: fc.record({ kind: fc.constant("MEMBER" as const), id: member }),
  organizationId: organization,
  memberId: fc.option(member),
  connectedAppId: fc.option(app),
  requestId: fc.constant("request"),
});
const scope: fc.Arbitrary<AuditScope> = fc.oneof(
  fc.constant({ of: "all" } as const),
  fc.record({
    of: fc.constant("organization" as const),
    organizationId: fc.constantFrom("organization-1", "organization-2"),
  }),
  fc.record({ of: fc.constant("member" as const), organizationId: fc.constant("organization-1"), memberId: member }),
);
const moment = fc.integer({ min: -1, max: 40 }).map((minute) => new Date(NOW + minute * 60_000));
const filter: fc.Arbitrary<AuditFilter> = fc.record(
  {
    actions: fc.uniqueArray(action),
    outcomes: fc.uniqueArray(outcome),
    organizationId: fc.constantFrom("organization-1", "organization-2", "organization-none"),
    memberId: member,
    connectedAppId: app,
    actorId: member,
    since: moment,
    until: moment,
  },
  { requiredKeys: [] },
);

/** What a page should hold, said in another way than the queries say it. */
function expected(written: readonly AuditEvent[], of: AuditScope, by: AuditFilter): string[] {
  const inScope = (each: AuditEvent) =>
    of.of === "all" ||
    (each.organizationId === of.organizationId &&
      (of.of === "organization" || [each.memberId, each.actor.id].includes(of.memberId)));
  const wanted = (each: AuditEvent) =>
    (by.actions?.includes(each.action) ?? true) &&
    (by.outcomes?.includes(each.outcome) ?? true) &&
    (by.organizationId ?? each.organizationId) === each.organizationId &&
    (by.memberId ?? each.memberId) === each.memberId &&
    (by.connectedAppId ?? each.connectedAppId) === each.connectedAppId &&
    (by.actorId ?? each.actor.id) === each.actor.id &&
    (!by.since || each.at >= by.since) &&
    (!by.until || each.at < by.until);
  return written.filter((each) => inScope(each) && wanted(each)).map(({ id }) => id);
}

describe.each(ENGINES)("pages of the log on %s", (name) => {
  let engine: Engine;
  let ledger: TestLedger;
  beforeAll(async () => {
    engine = await startEngine(name);
    ledger = await openTestLedger(await engine.create());
    const events = fc.sample(event, { numRuns: 600, seed: 7 });
    for (let from = 0; from < events.length; from += 5) {
      ledger.advance(20_000);
      await Promise.all(events.slice(from, from + 5).map((each) => ledger.events.append(each)));
    }
  });
  afterAll(async () => {
    await ledger.stop();
    await engine.stop();
  });

  test("for any scope, filter and size the pages hold what belongs there, newest first, also while others append", async () => {
    const written = await ledger.log();
    expect(written).toHaveLength(600);
    await fc.assert(
      fc.asyncProperty(scope, filter, fc.integer({ min: 1, max: 100 }), async (of, by, first) => {
        const seen: AuditEvent[] = [];
        for (let after: number | undefined; ; ) {
          const page = await ledger.events.page(of, { first, after, filter: by });
          expect(page.events.length).toBeLessThanOrEqual(first);
          seen.push(...page.events);
          const last = page.events.at(-1);
          if (!page.hasMore || !last) break;
          after = page.cursorOf(last);
        }
        expect(seen.map(({ id }) => id)).toEqual(expected(written, of, by));
      }),
      { numRuns: 60 },
    );
    const first = await ledger.events.page({ of: "all" }, { first: 10 });
    const last = first.events.at(-1);
    await ledger.events.append({
      action: "CLIENT_CREATED",
      outcome: "DONE",
      actor: { kind: "GATEWAY", id: null },
      requestId: "r",
    });
    const next = await ledger.events.page({ of: "all" }, { first: 10, after: last && first.cursorOf(last) });
    expect(next.events.map(({ id }) => id)).toEqual(written.slice(10, 20).map(({ id }) => id));
  });

  test.each(["\u0000", "audit-event-\u0000", "\ud800", "é", "a b", "x".repeat(201)])(
    "%j is the id of nothing, on every engine",
    async (id) => {
      expect(await ledger.events.byId(id)).toBeNull();
      for (const name of ["organizationId", "memberId", "connectedAppId", "actorId"]) {
        const page = await ledger.events.page({ of: "all" }, { first: 1, filter: { [name]: id } });
        expect(page).toMatchObject({ events: [], hasMore: false });
      }
    },
  );

  test("a cursor that nobody was given is no failure of the ledger", async () => {
    for (const after of [1.5, -1, 1e300, Number.NaN]) {
      const { events } = await ledger.events.page({ of: "all" }, { first: 1, after });
      expect(events.length).toBe(after > 1 ? 1 : 0);
    }
  });

  test("ids that are no ids, and texts that are too long, are bounded and the same on every engine", async () => {
    await ledger.events.append({
      action: "CLIENT_UPDATED",
      outcome: "DONE",
      actor: { kind: "MEMBER", id: "member-\u0000\ud800é" },
      memberId: "m".repeat(10_000),
      scopes: Array.from({ length: 1000 }, (_, i) => `scope-${i}`),
      changes: Array.from({ length: 1000 }, () => ({ field: "description", before: null, after: "x".repeat(10_000) })),
      requestId: "r",
    });
    const [latest] = await ledger.log();
    expect(latest?.actor.id).toBe("member-???");
    expect(latest?.memberId).toHaveLength(200);
    expect(JSON.stringify(latest).length).toBeLessThan(60_000);
  });
});
