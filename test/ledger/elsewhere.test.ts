import { type Emulator, startEmulator } from "stytch-emulator";
import { memberWithRole } from "../../packages/stytch-emulator/test/oauth/setup";
import { post } from "../support/post";
import { startReplica } from "../support/replica";
import { readBooks } from "./books";
import { ENGINES, type Engine, startEngine } from "./engines";

const MINUTE = 60_000;
const CALLBACK = "https://app.example/cb";

/** Stytch's dashboard changes what the ledger remembers, and the gateway dies before it knows what it did. */
describe.each(ENGINES)("what the ledger did not see, on %s", (name) => {
  let engine: Engine;
  let emulator: Emulator;
  let databaseUrl: string;
  let gateway: Awaited<ReturnType<typeof startReplica>>;
  let ahead: number;
  const now = () => Date.now() + ahead;
  beforeAll(async () => {
    engine = await startEngine(name);
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

  async function ask<T = Record<string, unknown>>(query: string, variables: Record<string, unknown> = {}): Promise<T> {
    const headers = { authorization: `Bearer ${await emulator.mintM2mToken()}` };
    const { data, errors, text } = await post<T>(gateway.url, headers, query, variables);
    if (!data || errors.length > 0) throw new Error(text);
    return data;
  }
  async function mutate(field: string, input: object, selection = ""): Promise<Record<string, unknown>> {
    const type = `${field.charAt(0).toUpperCase()}${field.slice(1)}Input`;
    const query = `mutation ($input: ${type}!) { it: ${field}(input: $input) { ${selection} userErrors { code } } }`;
    return (await ask<{ it: Record<string, unknown> }>(query, { input })).it;
  }
  const done = { userErrors: [] };
  const appFields = { clientType: "THIRD_PARTY", name: "Books", redirectUrls: [CALLBACK] };
  async function newApp(fields: object = {}): Promise<string> {
    const query = "mutation ($input: CreateClientInput!) { createClient(input: $input) { connectedApp { id } } }";
    const input = { ...appFields, ...fields };
    const { createClient } = await ask<{ createClient: { connectedApp: { id: string } } }>(query, { input });
    return createClient.connectedApp.id;
  }
  interface Secret {
    createdAt: string | null;
    rotation: { startedAt: string } | null;
  }
  async function secretOf(app: string): Promise<Secret> {
    const query = `query ($id: ID!) { connectedApp(id: $id) { registration { secret { createdAt rotation { startedAt } } } } }`;
    const answer = await ask<{ connectedApp: { registration: { secret: Secret } } }>(query, { id: app });
    return answer.connectedApp.registration.secret;
  }
  /** At Stytch's dashboard. */
  async function atStytch(app: string, ...steps: ("/start" | "/cancel" | "")[]): Promise<void> {
    const authorization = `Basic ${Buffer.from(`${emulator.projectId}:${emulator.secret}`).toString("base64")}`;
    for (const step of steps) {
      const url = `${emulator.url}/v1/connected_apps/clients/${app}/secrets/rotate${step}`;
      const answer = await fetch(url, { method: "POST", headers: { authorization } });
      if (!answer.ok) throw new Error(await answer.text());
    }
    emulator.clearRequests();
  }
  const secretAtStytch = (app: string) => emulator.state.requireClient(app).secret;
  async function shows(line: string): Promise<void> {
    for (const end = performance.now() + 20_000; ; ) {
      const figures = await (await fetch(`${gateway.url}/metrics`)).text();
      if (figures.split("\n").includes(line)) return;
      if (performance.now() > end) throw new Error(figures);
    }
  }
  const inMinutes = (minutes: number) => new Date(now() + minutes * MINUTE).toISOString();
  const NONE_SCHEDULED = 'gateway_secret_rotations{state="scheduled"} 0';

  test("a rotation that was opened in the dashboard is not shown as ours, not rescheduled, and not completed", async () => {
    const app = await newApp();
    const before = await secretOf(app);
    expect(await mutate("rotateSecret", { clientId: app, completeAfter: inMinutes(10) })).toEqual(done);
    expect((await secretOf(app)).rotation).not.toBeNull();
    await atStytch(app, "/cancel", "/start");
    expect(await secretOf(app)).toEqual({ ...before, rotation: null });
    expect(await mutate("rescheduleSecretRotation", { clientId: app, completeAfter: null })).toEqual({
      userErrors: [{ code: "ROTATION_NOT_STARTED" }],
    });
    emulator.clearRequests();
    ahead += 11 * MINUTE;
    await shows(NONE_SCHEDULED);
    expect(secretAtStytch(app)?.next).toBeDefined();
    expect(emulator.requests("POST /v1/connected_apps/clients/:client_id/secrets/rotate")).toEqual([]);
    expect(await secretOf(app)).toEqual({ ...before, rotation: null });
  });

  test.each([
    ["before its time", 0],
    ["and its time has come since", 11],
  ])(
    "a rotation of ours that was completed in the dashboard, %s: the secret is as old as its start",
    async (_, minutes) => {
      const app = await newApp();
      ahead += MINUTE;
      await mutate("rotateSecret", { clientId: app, completeAfter: inMinutes(10) });
      const startedAt = (await secretOf(app)).rotation?.startedAt;
      await atStytch(app, "");
      ahead += minutes * MINUTE;
      if (minutes > 0) await shows(NONE_SCHEDULED);
      expect(await secretOf(app)).toEqual({ createdAt: startedAt, rotation: null });
      // A later one that nobody here saw: no time is known of it.
      await atStytch(app, "/start", "");
      expect(await secretOf(app)).toEqual({ createdAt: null, rotation: null });
    },
  );

  test("whoever completes the dashboard's rotation through the gateway does not make its secret as old as ours", async () => {
    const app = await newApp();
    await mutate("rotateSecret", { clientId: app });
    await atStytch(app, "/cancel", "/start");
    expect(await mutate("completeSecretRotation", { clientId: app })).toEqual(done);
    expect(await secretOf(app)).toEqual({ createdAt: null, rotation: null });
  });

  async function consent(app: string, memberId: string, organizationId: string): Promise<void> {
    const query = `mutation ($input: StartAuthorizationInput!) { startAuthorization(input: $input) { authorizationRequest { id } } }`;
    const input = { clientId: app, redirectUri: CALLBACK, scopes: ["openid"], member: { memberId, organizationId } };
    const begun = await ask<{ startAuthorization: { authorizationRequest: { id: string } } }>(query, { input });
    const { id } = begun.startAuthorization.authorizationRequest;
    expect(await mutate("submitConsent", { authorizationRequestId: id, decision: "ALLOW" }, "granted")).toEqual({
      granted: true,
      ...done,
    });
  }
  async function grantedAt(app: string, memberId: string): Promise<string | null | undefined> {
    const query = `query ($id: ID!) { member(id: $id) { authorizations { grantedAt connectedApp { id } } } }`;
    interface Read {
      member: { authorizations: { grantedAt: string | null; connectedApp: { id: string } }[] };
    }
    const { authorizations } = (await ask<Read>(query, { id: memberId })).member;
    return authorizations.find(({ connectedApp }) => connectedApp.id === app)?.grantedAt;
  }

  test("an app that a policy shut out and let in again is granted since its new consent; others keep their time", async () => {
    const { organization_id, member_id } = memberWithRole(emulator, "bookkeeper");
    const [shutOut, ours, named] = [await newApp(), await newApp({ clientType: "FIRST_PARTY" }), await newApp()];
    for (const app of [shutOut, ours, named]) await consent(app, member_id, organization_id);
    const since = await Promise.all([shutOut, ours, named].map((app) => grantedAt(app, member_id)));
    expect(since).toEqual([expect.any(String), expect.any(String), expect.any(String)]);
    const policy = (thirdParty: object) =>
      mutate("updateConnectedAppPolicy", { organizationId: organization_id, thirdParty });
    expect(await policy({ mode: "RESTRICTED", allowedAppIds: [named] })).toEqual(done);
    expect(await policy({ mode: "ALL_ALLOWED" })).toEqual(done);
    ahead += MINUTE;
    const again = now();
    for (const app of [shutOut, ours, named]) await consent(app, member_id, organization_id);
    const [first, ...others] = await Promise.all([shutOut, ours, named].map((app) => grantedAt(app, member_id)));
    expect(Date.parse(first ?? "")).toBeGreaterThanOrEqual(again);
    expect(others).toEqual(since.slice(1));
  });

  describe("settled hours later", () => {
    const lose = async (route: string, deed: () => Promise<unknown>) => {
      emulator.faults.inject({ route, times: 1, fault: { kind: "reset-after-effect" } });
      await expect(deed()).rejects.toThrow("UNKNOWN");
      emulator.faults.clear();
    };
    const later = async () => {
      ahead += 180 * MINUTE;
      await shows("gateway_ledger_open_operations 0");
    };

    test("what was done has the time of its intent, and a rotation whose secret nobody got has no clock", async () => {
      const { organization_id: organizationId, member_id: memberId } = memberWithRole(emulator, "bookkeeper");
      const app = await newApp();
      const from = now();
      await lose("POST /v1/connected_apps/clients/:client_id/secrets/rotate/start", () =>
        mutate("rotateSecret", { clientId: app, completeAfter: inMinutes(10), idempotencyKey: "lost" }, "replayed"),
      );
      await lose("POST /v1/connected_apps/clients", () => newApp({ name: "Lost" }));
      await lose("POST /v1/b2b/idp/oauth/authorize", () => consent(app, memberId, organizationId));
      const until = now();
      const lost = [...emulator.state.clients.values()].find(({ client_name }) => client_name === "Lost");
      await later();
      const [events, rotated, created, grant] = await readBooks(databaseUrl, now, async ({ ledger, events: all }) => {
        const known = await ledger.rotations.of([app, lost?.client_id ?? ""]);
        const [given] = await ledger.grants.of([{ organizationId, memberId, connectedAppId: app }]);
        return [all, known.get(app)?.rotation, known.get(lost?.client_id ?? ""), given];
      });
      for (const at of [rotated?.startedAt, created?.createdAt, grant?.grantedAt]) {
        expect(at?.getTime()).toBeGreaterThanOrEqual(from);
        expect(at?.getTime()).toBeLessThanOrEqual(until);
      }
      expect(rotated?.completeAfter).toBeNull();
      const settled = events.slice(-3);
      expect(settled.map(({ action, outcome }) => `${action} ${outcome}`).sort()).toEqual([
        "AUTHORIZATION_GRANTED DONE",
        "CLIENT_CREATED DONE",
        "SECRET_ROTATION_STARTED DONE",
      ]);
      expect(settled.flatMap(({ changes }) => changes).map(({ field }) => field)).toEqual(Array(3).fill("outcome"));
      expect(secretAtStytch(app)?.next).toBeDefined();
      // Whoever lost the answer may give it a time after all, having got the secret otherwise, or cancel it.
      expect(await mutate("rescheduleSecretRotation", { clientId: app, completeAfter: inMinutes(10) })).toEqual(done);
    });

    test("a start whose answer was lost takes nothing from a rotation that was started after it", async () => {
      const app = await newApp();
      await lose("POST /v1/connected_apps/clients/:client_id/secrets/rotate/start", () =>
        mutate("rotateSecret", { clientId: app, completeAfter: inMinutes(10) }),
      );
      expect(await mutate("cancelSecretRotation", { clientId: app })).toEqual(done);
      const deadline = inMinutes(24 * 60);
      expect(await mutate("rotateSecret", { clientId: app, completeAfter: deadline })).toEqual(done);
      await later();
      const known = await readBooks(databaseUrl, now, ({ ledger }) => ledger.rotations.of([app]));
      expect(known.get(app)?.rotation?.completeAfter?.toISOString()).toBe(deadline);
    });

    test("fields that were cleared, and others beside them, were done: Stytch shows null for empty", async () => {
      const audience = { logoUrl: "https://app.example/logo.png", accessTokenCustomAudience: "https://api.example" };
      const app = await newApp({ ...audience, description: "Before" });
      const cleared = { logoUrl: "", accessTokenCustomAudience: "", description: "After", postLogoutRedirectUrls: [] };
      await lose("PUT /v1/connected_apps/clients/:client_id", () =>
        mutate("updateClient", { clientId: app, ...cleared }),
      );
      await later();
      const events = await readBooks(databaseUrl, now, async ({ events: all }) => all);
      expect(events.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
        "CLIENT_CREATED DONE",
        "CLIENT_UPDATED UNKNOWN",
        "CLIENT_UPDATED DONE",
      ]);
    });
  });
});
