import fc from "fast-check";
import { memberIdOf } from "stytch-emulator";
import { AUDIT_ACTIONS } from "../../src/ledger/event";
import type { AuditFilter } from "../generated/graphql";
import { INVOICE_SYNC, LEDGER_EXPORT, PAYROLL_BRIDGE } from "../marketplace/shelf";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { type Answer, post } from "../support/post";
import { DEEDS, type Deed, perform, type Step, type World } from "./audit-log.deeds";
import { type Event, type Log, mayRead, mayReadEvent, normal, type Somebody, shownIn } from "./audit-log.model";
import { ENGINES, type Engine, startEngine } from "./engines";

const SCOPES = ["read:marketplace", "manage:clients", "manage:authorizations"];
const UNLIMITED = { viewer: 0, organization: 0, address: 0 };
const RUNS = 5;
const CALLERS = 11;

async function callersOf({ emulator }: TestGateway, organizations: string[]): Promise<Somebody[]> {
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const { people } = emulator.seeded;
  const person = async (name: string, id: string, organizationId = "", isAdmin = false): Promise<Somebody> => {
    const headers = bearer((await emulator.mintSession({ memberId: id, durationMinutes: 60 })).session_jwt);
    return { name, kind: "MEMBER", id, organizationId, isAdmin, scopes: [], headers };
  };
  const service = async (...scopes: string[]): Promise<Somebody> => {
    const id = `m2m-client-test-${scopes.join("-").replaceAll(":", "-")}`;
    const headers = bearer(await emulator.mintM2mToken({ clientId: id, scopes }));
    return { name: `service ${scopes}`, kind: "SERVICE", id, organizationId: null, isAdmin: false, scopes, headers };
  };
  const [northwind, harbor, operators] = organizations;
  const operator = await person("operator", people.operatorId, operators, true);
  return [
    { ...(await service(...SCOPES)), name: "service with every scope" },
    await person("Member of northwind", memberIdOf("northwind", 5), northwind),
    await person("admin of northwind", memberIdOf("northwind", 0), northwind, true),
    await person("app manager of northwind", memberIdOf("northwind", 1), northwind),
    await person("Member of harbor", memberIdOf("harbor-accounting", 5), harbor),
    await person("admin of harbor", memberIdOf("harbor-accounting", 0), harbor, true),
    { ...operator, kind: "OPERATOR" },
    ...(await Promise.all(SCOPES.map((scope) => service(scope)))),
    { name: "nobody", kind: "NOBODY", id: "", organizationId: null, isAdmin: false, scopes: [], headers: {} },
  ];
}

async function makeWorld(gateway: TestGateway, now: () => Date): Promise<World> {
  const { emulator, url } = gateway;
  const { organizations, grants } = emulator.state;
  const tenants = ["northwind", "harbor-accounting"].map((slug) => organizations.findBySlug(slug));
  for (const record of tenants) {
    if (!record) throw new Error("It is not seeded.");
    const allowed_third_party_connected_apps = [LEDGER_EXPORT];
    organizations.save({
      ...record,
      third_party_connected_apps_allowed_type: "RESTRICTED",
      allowed_third_party_connected_apps,
    });
  }
  const ids = [...tenants.map((record) => record?.organization_id ?? ""), emulator.operatorOrganizationId];
  const callers = await callersOf(gateway, ids);
  // So few that one request revokes them all.
  for (const { member_id, client_id } of grants.values()) grants.forget(member_id, client_id);
  for (const { id, kind, organizationId } of callers) {
    if (kind !== "MEMBER" || !organizationId) continue;
    for (const client_id of [LEDGER_EXPORT, INVOICE_SYNC]) {
      grants.record({ organization_id: organizationId, member_id: id, client_id, scopes: ["openid"] });
    }
  }
  const apps = [LEDGER_EXPORT, INVOICE_SYNC, PAYROLL_BRIDGE];
  return { url, emulator, callers, organizations: ids, apps, requests: [], written: [], now };
}

const EVENT =
  "id at action outcome code actor { kind id } organizationId memberId connectedAppId requestId position hash";
type Shown = Event & { id: string; position: number; hash: string };
interface Page {
  nodes: Shown[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

interface Logs {
  auditLog?: Page | null;
  holder?: { auditLog: Page | null } | null;
}

/** All pages of a log, or `null` when nothing of it is shown. */
async function read(world: World, somebody: Somebody, log: Log, first: number, filter: AuditFilter | null) {
  const field = `auditLog(first: $first, after: $after, filter: $filter) { nodes { ${EVENT} } pageInfo { hasNextPage endCursor } }`;
  const inside = {
    everything: field,
    Organization: `holder: organization(id: $id) { ${field} }`,
    Member: `holder: member(id: $id) { ${field} }`,
  }[log.of];
  const id = log.of === "Organization" ? log.organizationId : log.of === "Member" ? log.memberId : null;
  const given = id === null ? "" : "$id: ID!, ";
  const text = `query (${given}$first: Int, $after: String, $filter: AuditFilter) { ${inside} }`;
  const events: Shown[] = [];
  for (let after: string | null = null; ; ) {
    const variables: Record<string, unknown> = { ...(id !== null && { id }), first, after, filter };
    const { data, errors }: Answer<Logs> = await post<Logs>(world.url, somebody.headers, text, variables);
    const page: Page | null | undefined = data?.auditLog ?? data?.holder?.auditLog;
    for (const { extensions } of errors) expect(["FORBIDDEN", "UNAUTHENTICATED"]).toContain(extensions.code);
    if (!page) return null;
    expect(page.nodes.length).toBeLessThanOrEqual(first);
    events.push(...page.nodes);
    if (!page.pageInfo.hasNextPage) return events;
    after = page.pageInfo.endCursor;
  }
}

function logsOf({ callers, organizations }: World): Log[] {
  const people = callers.filter(({ kind }) => kind === "MEMBER" || kind === "OPERATOR");
  return [
    { of: "everything" },
    ...organizations.map((organizationId): Log => ({ of: "Organization", organizationId })),
    ...people.map(
      ({ id, organizationId }): Log => ({ of: "Member", organizationId: organizationId ?? "", memberId: id }),
    ),
  ];
}

async function checkLog(world: World, somebody: Somebody, log: Log, first: number, filter: AuditFilter | null) {
  const shown = await read(world, somebody, log, first, filter);
  const expected = mayRead(somebody, log) ? normal(shownIn(log, world.written, filter ?? {})) : null;
  expect({ somebody: somebody.name, log, filter, shown: shown && normal(shown) }).toEqual({
    somebody: somebody.name,
    log,
    filter,
    shown: expected,
  });
  return shown;
}

/** In one request the newest of every log, and every event by its id. */
async function checkAll(world: World, somebody: Somebody, logs: readonly Log[], all: readonly Shown[]) {
  const page = "auditLog(first: 100) { nodes { id } pageInfo { hasNextPage } }";
  const fields = logs.map((log, index) => {
    if (log.of === "everything") return `log${index}: ${page}`;
    if (log.of === "Organization") return `log${index}: organization(id: "${log.organizationId}") { ${page} }`;
    return `log${index}: member(id: "${log.memberId}") { ${page} }`;
  });
  const nodes = [0, 100, 200].map((from) => `nodes${from}: nodes(ids: $from${from}) { id }`);
  const text = `query ($from0: [ID!]!, $from100: [ID!]!, $from200: [ID!]!) { ${[...fields, ...nodes].join(" ")} }`;
  const ids = [0, 100, 200].map((from) => [`from${from}`, all.slice(from, from + 100).map(({ id }) => id)]);
  const variables = Object.fromEntries(ids);
  const { data } = await post<Record<string, unknown>>(world.url, somebody.headers, text, variables);
  const shown = data ?? {};
  const found = [shown.nodes0, shown.nodes100, shown.nodes200].flat().filter((node) => node != null);
  const wanted = all.filter((event) => mayReadEvent(somebody, event)).map(({ id }) => ({ id }));
  expect([somebody.name, found]).toEqual([somebody.name, wanted]);
  for (const [index, log] of logs.entries()) {
    const given = shown[`log${index}`] as { auditLog?: Page | null; nodes?: Shown[] } | null | undefined;
    const read = given?.auditLog ?? (given?.nodes ? given : null);
    const inIt = shownIn(log, all.toReversed());
    const expected = mayRead(somebody, log)
      ? { nodes: inIt.slice(0, 100).map(({ id }) => ({ id })), pageInfo: { hasNextPage: inIt.length > 100 } }
      : null;
    expect([somebody.name, log, read]).toEqual([somebody.name, log, expected]);
  }
}

const step: fc.Arbitrary<Step> = fc.record({
  by: fc.nat({ max: CALLERS - 1 }),
  deed: fc.constantFrom(...DEEDS),
  organization: fc.option(fc.nat({ max: 2 })),
  member: fc.nat({ max: 5 }),
  app: fc.nat({ max: 5 }),
  yes: fc.boolean(),
});
/** Which log is read how by each caller; numbers that choose, and of which event the filter is made. */
const reading = fc.record({
  log: fc.nat(),
  first: fc.integer({ min: 1, max: 7 }),
  event: fc.nat(),
  by: fc.subarray(["action", "outcome", "organization", "member", "app", "actor", "since", "until"] as const),
});
type Reading = typeof reading extends fc.Arbitrary<infer T> ? T : never;

function filterOf({ written }: World, { event: index, by }: Reading): AuditFilter | null {
  const event = written[index % written.length];
  if (!event || by.length === 0) return null;
  const { action, outcome, organizationId, memberId, connectedAppId, actor, at } = event;
  return {
    ...(by.includes("action") && { actions: [action] }),
    ...(by.includes("outcome") && { outcomes: [outcome] }),
    ...(by.includes("organization") && { organizationId }),
    ...(by.includes("member") && { memberId }),
    ...(by.includes("app") && { connectedAppId }),
    ...(by.includes("actor") && { actorId: actor.id }),
    ...(by.includes("since") && { since: at }),
    ...(by.includes("until") && { until: new Date(Date.parse(at) + 5000).toISOString() }),
  };
}

const shelve = (deed: "saveListing" | "publishListing") =>
  [0, 1, 2].map((app): Step => ({ by: 0, deed, organization: null, member: 0, app, yes: true }));
/** Every kind of caller tries each of these in turn, so that every deed is done by somebody and refused to somebody. */
const WAVES: [deed: Deed, app: number][] = [
  ["consent", 0],
  ["revokeMemberApp", 0],
  ["revokeApp", 1],
  ["consent", 0],
  ["revokeMemberApps", 0],
  ["createClient", 0],
  ["updateClient", 0],
  ["rotateSecret", 0],
  ["rescheduleSecretRotation", 0],
  ["completeSecretRotation", 0],
  ["rotateSecret", 0],
  ["cancelSecretRotation", 0],
  ["requestApp", 2],
  ["withdrawAppRequest", 0],
  ["requestApp", 2],
  ["decideAppRequest", 0],
  ["updateConnectedAppPolicy", 0],
  ["saveListing", 3],
  ["publishListing", 3],
  ["withdrawListing", 0],
  ["deleteClient", 1],
];
const EVERYTHING = WAVES.flatMap(([deed, app]) =>
  Array.from(
    { length: CALLERS },
    (_, by): Step => ({ by, deed, organization: by % 3 ? null : 0, member: by, app, yes: by % 2 > 0 }),
  ),
);

describe.each(ENGINES)("the audit log on %s", (name) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine(name);
  });
  afterAll(() => engine.stop());

  /** Does the steps on a gateway of its own, and has everybody read. Returns what was written. */
  async function check(steps: readonly Step[], readings: readonly Reading[]): Promise<Event[]> {
    let now = Date.now();
    const clock = () => new Date(now);
    const config = { databaseUrl: await engine.create() };
    const gateway = await startTestGateway({ clock, config, rateLimits: UNLIMITED });
    try {
      const world = await makeWorld(gateway, clock);
      for (const each of [...shelve("saveListing"), ...shelve("publishListing"), ...steps]) {
        now += 500;
        await perform(world, each);
      }
      const logs = logsOf(world);
      const [service] = world.callers;
      const all = service && (await checkLog(world, service, { of: "everything" }, 100, null));
      for (const [index, somebody] of world.callers.entries()) {
        await checkAll(world, somebody, logs, all ?? []);
        const chosen = readings[index];
        const log = chosen && logs[chosen.log % logs.length];
        if (log) await checkLog(world, somebody, log, chosen.first, filterOf(world, chosen));
      }
      return world.written;
    } finally {
      await gateway.stop();
    }
  }

  test("everybody tries everything once, and reads exactly the events that they may see", async () => {
    const written = await check(EVERYTHING, fc.sample(reading, CALLERS));
    for (const action of AUDIT_ACTIONS.filter((each) => each !== "UNKNOWN")) {
      const outcomes = written.flatMap((event) => (event.action === action ? event.outcome : []));
      // Denying is granting, when it is refused before anybody has looked at the decision.
      const expected = action === "AUTHORIZATION_DENIED" ? ["DONE"] : ["DONE", "REFUSED"];
      expect([action, [...new Set(outcomes)].sort()]).toEqual([action, expected]);
    }
  });

  test("and so they do after any other steps, in pages of any size, with any filter", async () => {
    const steps = fc.array(step, { minLength: 10, maxLength: 40 });
    const readings = fc.array(reading, { minLength: CALLERS, maxLength: CALLERS });
    await fc.assert(
      fc.asyncProperty(steps, readings, async (...given) => void (await check(...given))),
      {
        numRuns: RUNS,
      },
    );
  }, 120_000);
});
