import { memberIdOf } from "stytch-emulator";
import type { Gateway } from "../../src/gateway";
import { ENGINES, type Engine, startEngine } from "../ledger/engines";
import { startTestGateway, type TestGateway } from "../support/gateway";
import { post } from "../support/post";
import { startReplica } from "../support/replica";
import { bearerOf, INVOICE_SYNC, list, mutate, operator, outcome } from "./shelf";

const APPS = 50;
const ids = Array.from({ length: APPS }, (_, index) => `connected-app-test-race-${String(index).padStart(2, "0")}`);

describe.each(ENGINES)("%s", (name) => {
  let engine: Engine;
  let gateway: TestGateway;
  let replica: Gateway | undefined;
  let member: Record<string, string>;
  let admins: Record<string, string>[];
  beforeAll(async () => {
    engine = await startEngine(name);
    const databaseUrl = await engine.create();
    gateway = await startTestGateway({ config: { databaseUrl }, rateLimits: { viewer: 0, organization: 0 } });
    const { emulator } = gateway;
    for (const id of ids) {
      emulator.state.clients.set(id, { ...emulator.state.requireClient(INVOICE_SYNC), client_id: id, client_name: id });
    }
    for (const id of ids) await list(gateway, id);
    // An embedded database belongs to one process, so two replicas need a server.
    if (name === "postgres") {
      replica = await startReplica(emulator, { databaseUrl, rateLimits: { viewer: 0, organization: 0 } });
    }
    member = await bearerOf(gateway, memberIdOf("harbor-accounting", 6));
    admins = [
      await bearerOf(gateway, memberIdOf("harbor-accounting", 0)),
      await operator(gateway),
      await bearerOf(gateway, gateway.emulator.seeded.people.operatorId),
    ];
  });
  afterAll(async () => {
    await replica?.stop();
    await gateway.stop();
    await engine.stop();
  });

  const through = (index: number): Pick<TestGateway, "url"> => (index % 2 === 1 && replica ? replica : gateway);
  const harbor = () => {
    const organization = gateway.emulator.state.organizations.findBySlug("harbor-accounting");
    if (!organization) throw new Error("No such Organization.");
    return organization;
  };
  const decide = (index: number, appRequestId: string) =>
    outcome(
      { ...gateway, url: through(index).url },
      admins[index % admins.length] ?? {},
      "decideAppRequest",
      { appRequestId, decision: "APPROVE" },
      "appRequest { id }",
    );

  test("fifty approvals and two updates of the policy at once: all apps are allowed afterwards", async () => {
    const before = harbor().allowed_third_party_connected_apps;
    const requests = await Promise.all(
      ids.map(async (connectedAppId) => {
        const { payload } = await mutate(gateway, member, "requestApp", { connectedAppId }, "appRequest { id }");
        return String(payload?.done?.id);
      }),
    );
    const update = (index: number, rule: Record<string, unknown>) =>
      outcome(
        { ...gateway, url: through(index).url },
        admins[1] ?? {},
        "updateConnectedAppPolicy",
        { organizationId: "harbor-accounting", ...rule },
        "organization { id }",
      );
    const outcomes = await Promise.all([
      ...requests.slice(0, 25).map((id, index) => decide(index, id)),
      // Sent by somebody who knows the policy as it was.
      update(0, { thirdParty: { mode: "RESTRICTED", allowedAppIds: [...before, "connected-app-test-other"] } }),
      update(1, { firstParty: { mode: "RESTRICTED", allowedAppIds: [] } }),
      ...requests.slice(25).map((id, index) => decide(index, id)),
    ]);
    expect(new Set(outcomes)).toEqual(new Set(["done"]));
    const { allowed_third_party_connected_apps: after, first_party_connected_apps_allowed_type: mode } = harbor();
    expect([...after].sort()).toEqual([...before, ...ids, "connected-app-test-other"].sort());
    expect(mode).toBe("RESTRICTED");
  });

  test("one request decided by ten at once is decided once", async () => {
    const [first] = ids;
    const organization = harbor();
    gateway.emulator.state.organizations.save({ ...organization, allowed_third_party_connected_apps: [] });
    const asked = await mutate(gateway, member, "requestApp", { connectedAppId: first }, "appRequest { id }");
    const id = String(asked.payload?.done?.id);
    const outcomes = await Promise.all(Array.from({ length: 10 }, (_, index) => decide(index, id)));
    expect(outcomes.sort()).toEqual([...Array(9).fill("APP_REQUEST_DECIDED appRequestId"), "done"]);
    expect(harbor().allowed_third_party_connected_apps).toEqual([first]);
  });

  test("a request that is declined or taken back while its approval is on the way to Stytch is approved, and all say so", async () => {
    const [, , third] = ids;
    const asked = await mutate(gateway, member, "requestApp", { connectedAppId: third }, "appRequest { id }");
    const appRequestId = String(asked.payload?.done?.id);
    const route = "PUT /v1/b2b/organizations/:organization_id";
    gateway.emulator.clearRequests();
    gateway.emulator.faults.inject({ route, times: 1, fault: { kind: "delay", ms: 700 } });
    const approval = decide(0, appRequestId);
    for (const end = performance.now() + 10_000; gateway.emulator.requests(route).length === 0; ) {
      if (performance.now() > end) throw new Error("Stytch was not asked.");
      await new Promise(setImmediate);
    }
    const other = { ...gateway, url: through(1).url };
    const others = await Promise.all([
      outcome(other, admins[1] ?? {}, "decideAppRequest", { appRequestId, decision: "DECLINE" }, "appRequest { id }"),
      outcome(other, member, "withdrawAppRequest", { appRequestId }, "appRequest { id }"),
    ]);
    expect(others).toEqual(Array(2).fill("APP_REQUEST_DECIDED appRequestId"));
    expect(await approval).toBe("done");
    expect(harbor().allowed_third_party_connected_apps).toContain(third);
  });

  test("ten Members ask for one app at once: one request is open", async () => {
    const [, second] = ids;
    const members = await Promise.all(
      Array.from({ length: 10 }, (_, index) => bearerOf(gateway, memberIdOf("harbor-accounting", 10 + index))),
    );
    const outcomes = await Promise.all(
      members.map((headers, index) =>
        outcome(
          { ...gateway, url: through(index).url },
          headers,
          "requestApp",
          { connectedAppId: second },
          "appRequest { id }",
        ),
      ),
    );
    expect(outcomes.sort()).toEqual([...Array(9).fill("APP_REQUEST_OPEN connectedAppId"), "done"]);
    const { data } = await post(
      gateway.url,
      admins[0] ?? {},
      "{ organization { appRequests(statuses: [OPEN]) { totalCount } } }",
    );
    expect(data).toEqual({ organization: { appRequests: { totalCount: 1 } } });
  });
});
