import { type Emulator, type Fault, startEmulator } from "stytch-emulator";
import { memberWithRole } from "../../packages/stytch-emulator/test/oauth/setup";
import { digest } from "../../src/ledger/digest";
import type { Intent } from "../../src/ledger/operation";
import { startReplica } from "../support/replica";
import { noteWrites, readBooks } from "./books";
import { createWorkshop, DEED_KINDS, type Deed } from "./deeds";
import { type Engine, startEngine } from "./engines";
import { type Account, judge } from "./kill-verdict";
import { WRITE_ROUTES } from "./stytch-writes";

const SERVICE = { kind: "SERVICE", id: "m2m-client-test-1" } as const;
const STYTCH_DEEDS = DEED_KINDS.filter((kind) => kind !== "saveListing");

let engine: Engine;
let emulator: Emulator;
let databaseUrl: string;
let gateway: Awaited<ReturnType<typeof startReplica>>;
let ahead: number;
const now = () => Date.now() + ahead;
beforeAll(async () => {
  engine = await startEngine("sqlite");
  emulator = await startEmulator({ port: 0, searchesPerMinute: 0 });
});
afterAll(async () => {
  await emulator.stop();
  await engine.stop();
});
beforeEach(async () => {
  ahead = 0;
  emulator.reset();
  databaseUrl = await engine.create();
  gateway = await startReplica(emulator, { databaseUrl }, { clock: () => new Date(now()), upkeepEveryMs: 50 });
});
afterEach(() => gateway.stop());

/** Two minutes later, when the gateway has asked Stytch about everything that was open. */
async function settled(): Promise<void> {
  ahead += 120_000;
  for (const end = performance.now() + 10_000; ; ) {
    const figures = await (await fetch(`${gateway.url}/metrics`)).text();
    if (figures.includes("gateway_ledger_open_operations 0\n")) return;
    if (performance.now() > end) throw new Error(figures);
  }
}

/** Whoever intended this was killed before anything was sent. */
const intend = (...intents: Pick<Intent, "action" | "target" | "facts" | "scopes">[]) =>
  readBooks(databaseUrl, now, async ({ ledger }) => {
    for (const intent of intents) {
      await ledger.operations.begin({ actor: SERVICE, requestId: intent.action, ...intent });
    }
  });
const told = () => readBooks(databaseUrl, now, async ({ events }) => events);
const outcomes = async () => (await told()).map(({ action, outcome, code }) => `${action} ${outcome} ${code}`);

const newApp = async (clientType: "third_party" | "first_party" = "third_party", name = "App"): Promise<string> => {
  const response = await fetch(`${emulator.url}/v1/connected_apps/clients`, {
    method: "POST",
    headers: {
      authorization: `Basic ${Buffer.from(`${emulator.projectId}:${emulator.secret}`).toString("base64")}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ client_type: clientType, client_name: name, redirect_urls: ["https://app.example/cb"] }),
  });
  const { connected_app }: { connected_app: { client_id: string } } = JSON.parse(await response.text());
  return connected_app.client_id;
};

describe("an answer that was lost", () => {
  /** Every mutation at once, each with objects of its own; then what the ledger says of them. */
  async function lose(fault: Fault): Promise<{ deeds: Deed[]; account: Account; before: string[] }> {
    const workshop = createWorkshop(emulator, now);
    const token = await emulator.mintM2mToken();
    const deeds: Deed[] = [];
    for (const kind of STYTCH_DEEDS) deeds.push(await workshop.prepare(kind, gateway.url, token));
    emulator.clearRequests();
    for (const route of WRITE_ROUTES) emulator.faults.inject({ route, times: 5, fault });
    await Promise.all(deeds.map((deed) => deed.send().catch(() => false)));
    emulator.faults.clear();
    const before = await outcomes();
    await settled();
    const account: Account = { deeds, acknowledged: new Set(), writes: new Map(), events: await told(), fates: {} };
    noteWrites(account.writes, emulator);
    return { deeds, account, before };
  }

  test.each([
    ["of what was done", { kind: "reset-after-effect" }, "DONE", "done"],
    ["of what was not done", { kind: "reset" }, "FAILED", "not done"],
  ] as const)(
    "%s: UNKNOWN at once, and the truth when Stytch was asked, for every kind of write of the kill loop",
    async (_, fault, outcome, fate) => {
      const { deeds, account, before } = await lose(fault);
      const actions = deeds.flatMap(({ parts }) => parts.map(({ action }) => action));
      expect(before.sort()).toEqual(actions.map((action) => `${action} UNKNOWN UPSTREAM_UNAVAILABLE`).sort());
      const second = account.events.slice(before.length);
      expect(second.map(({ action, outcome: found }) => `${action} ${found}`).sort()).toEqual(
        actions.map((action) => `${action} ${outcome}`).sort(),
      );
      expect(second.map(({ changes }) => changes.at(-1))).toEqual(
        second.map(() => ({ field: "outcome", before: "UNKNOWN", after: outcome })),
      );
      // By the emulator's records, and each sent once; the ledger's own tables agree.
      await readBooks(databaseUrl, now, (books) => judge(account, deeds, books));
      expect(account.fates).toEqual({ [`answer lost, settled as ${fate}`]: actions.length });
    },
    30_000,
  );
});

test("an intent that nobody carried out is not done, whatever it was about", async () => {
  const { organization_id: organizationId, member_id: memberId } = memberWithRole(emulator, "bookkeeper");
  const [plain, rotating] = [await newApp(), await newApp()];
  emulator.state.clients.set(rotating, {
    ...emulator.state.requireClient(rotating),
    secret: { current: SECRET, next: SECRET },
  });
  const authorize = (connectedAppId: string) => ({ organizationId, memberId, connectedAppId });
  emulator.state.grants.record({
    organization_id: organizationId,
    member_id: memberId,
    client_id: rotating,
    scopes: ["openid"],
  });
  await intend(
    { action: "CLIENT_CREATED", target: {}, facts: { name: digest("Never made"), clientType: "third_party" } },
    { action: "CLIENT_UPDATED", target: { connectedAppId: plain }, facts: { client_description: digest("other") } },
    { action: "CLIENT_DELETED", target: { connectedAppId: plain } },
    { action: "SECRET_ROTATION_STARTED", target: { connectedAppId: plain } },
    { action: "SECRET_ROTATION_RESCHEDULED", target: { connectedAppId: rotating } },
    { action: "SECRET_ROTATION_COMPLETED", target: { connectedAppId: rotating } },
    { action: "SECRET_ROTATION_CANCELLED", target: { connectedAppId: rotating } },
    { action: "AUTHORIZATION_GRANTED", target: authorize(plain), scopes: ["openid"] },
    // Its narrower consent is listed.
    { action: "AUTHORIZATION_GRANTED", target: authorize(rotating), scopes: ["openid", "email"] },
    { action: "AUTHORIZATION_REVOKED", target: authorize(rotating) },
    {
      action: "CONNECTED_APP_POLICY_UPDATED",
      target: { organizationId },
      facts: { third_party_connected_apps_allowed_type: digest("NOT_ALLOWED") },
    },
    { action: "LISTING_SAVED", target: { connectedAppId: plain } },
    { action: "LISTING_PUBLISHED", target: { connectedAppId: plain } },
    { action: "LISTING_WITHDRAWN", target: { connectedAppId: plain } },
    { action: "APP_REQUESTED", target: authorize(plain), facts: { appRequestId: "app-request-none" } },
    {
      action: "APP_REQUEST_DECIDED",
      target: authorize(plain),
      facts: { appRequestId: "app-request-none", status: "APPROVED" },
    },
  );
  emulator.clearRequests();
  await settled();
  const found = await told();
  expect(found.map(({ outcome, code, actor }) => ({ outcome, code, actor }))).toEqual(
    found.map(() => ({ outcome: "FAILED", code: "NOT_DONE", actor: SERVICE })),
  );
  expect(found).toHaveLength(16);
  // Whoever settles reads, and nothing else.
  const writes = new Map<string, number>();
  noteWrites(writes, emulator);
  expect([...writes]).toEqual([]);
});

test.each([
  ["nobody knows how the list goes on", { connected_apps: [], results_metadata: null }],
  ["something was left out of the list", { connected_apps: [null], results_metadata: { total: 1 } }],
])("an app is not taken for missing where %s: it is looked for again", async (_, answer) => {
  await newApp("third_party", "Made");
  const body = JSON.stringify({ status_code: 200, ...answer });
  emulator.faults.inject({ route: "POST /v1/connected_apps/clients/search", fault: { kind: "body", body } });
  await intend({ action: "CLIENT_CREATED", target: {}, facts: { name: digest("Made"), clientType: "third_party" } });
  await settled();
  expect(await outcomes()).toEqual(["CLIENT_CREATED DONE null"]);
});

test("what nobody can tell stays UNKNOWN, and says so", async () => {
  await newApp("third_party", "Twins");
  await newApp("third_party", "Twins");
  await newApp("first_party", "Twins");
  const name = digest("Twins");
  await intend(
    { action: "CLIENT_CREATED", target: {}, facts: { name, clientType: "third_party" } },
    // One of that type.
    { action: "CLIENT_CREATED", target: {}, facts: { name, clientType: "first_party" } },
    { action: "AUTHORIZATION_DENIED", target: { connectedAppId: "connected-app-test-1" } },
    { action: "AUTHORIZATION_REVOKED", target: { connectedAppId: "connected-app-test-1" } },
    { action: "CONNECTED_APP_POLICY_UPDATED", target: {} },
  );
  await settled();
  expect((await outcomes()).sort()).toEqual([
    "AUTHORIZATION_DENIED UNKNOWN NOT_TO_BE_TOLD",
    "AUTHORIZATION_REVOKED UNKNOWN NOT_TO_BE_TOLD",
    "CLIENT_CREATED DONE null",
    "CLIENT_CREATED UNKNOWN NOT_TO_BE_TOLD",
    "CONNECTED_APP_POLICY_UPDATED UNKNOWN NOT_TO_BE_TOLD",
  ]);
});

test("a revocation that was done before the crash ends the consent in the ledger too; one that was not leaves it", async () => {
  const { organization_id: organizationId, member_id: memberId } = memberWithRole(emulator, "bookkeeper");
  const [gone, kept] = [await newApp(), await newApp()];
  emulator.state.grants.record({
    organization_id: organizationId,
    member_id: memberId,
    client_id: kept,
    scopes: ["openid"],
  });
  const keys = [gone, kept].map((connectedAppId) => ({ organizationId, memberId, connectedAppId }));
  await readBooks(databaseUrl, now, ({ ledger }) =>
    ledger.store.write(async (unit) => {
      for (const key of keys) await ledger.grants.granted(key, ["openid"])(unit);
    }),
  );
  await intend(...keys.map((target) => ({ action: "AUTHORIZATION_REVOKED" as const, target })));
  await settled();
  expect((await told()).map(({ connectedAppId, outcome }) => [connectedAppId, outcome])).toEqual(
    expect.arrayContaining([
      [gone, "DONE"],
      [kept, "FAILED"],
    ]),
  );
  const grants = await readBooks(databaseUrl, now, ({ ledger }) => ledger.grants.of(keys));
  expect(grants.map((grant) => grant?.connectedAppId)).toEqual([undefined, kept]);
});

test("a consent counts as given when Stytch lists exactly its scopes, and nothing else can have made it so", async () => {
  const { organization_id: organizationId, member_id: memberId } = memberWithRole(emulator, "bookkeeper");
  const cases: [string, { listed: string[]; known?: string[]; later?: boolean; facts?: Intent["facts"] }][] = [
    ["DONE null", { listed: ["profile"] }],
    ["DONE null", { listed: ["profile"], known: ["openid", "profile"] }],
    // Wider than what was asked: from before.
    ["FAILED NOT_DONE", { listed: ["openid", "profile"] }],
    ["FAILED NOT_DONE", { listed: ["openid", "profile"], known: ["openid", "profile"] }],
    ["UNKNOWN NOT_TO_BE_TOLD", { listed: ["profile"], known: ["profile"] }],
    ["UNKNOWN NOT_TO_BE_TOLD", { listed: ["profile"], facts: { wasGranted: true } }],
    ["UNKNOWN NOT_TO_BE_TOLD", { listed: ["openid"], known: ["openid"], later: true }],
  ];
  const expected = new Map<string, string>();
  for (const [outcome, { listed, known, later, facts }] of cases) {
    const connectedAppId = await newApp();
    const key = { organizationId, memberId, connectedAppId };
    emulator.state.grants.record({
      organization_id: organizationId,
      member_id: memberId,
      client_id: connectedAppId,
      scopes: listed,
    });
    const at = new Date(now() + (later ? 1000 : -1000));
    await readBooks(databaseUrl, now, ({ ledger }) =>
      ledger.store.write(async (unit) => {
        if (known) await ledger.grants.granted(key, known, { at })(unit);
      }),
    );
    await intend({ action: "AUTHORIZATION_GRANTED", target: key, scopes: ["profile"], facts });
    expected.set(connectedAppId, outcome);
  }
  await settled();
  const found = (await told()).map(
    ({ connectedAppId, outcome, code }) => [connectedAppId, `${outcome} ${code}`] as const,
  );
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
});

const SECRET = { hash: Buffer.alloc(32), lastFour: "abcd" };
