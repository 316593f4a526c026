import { OPERATOR_ORGANIZATION_ID, startEmulator } from "../src";
import { startWithSdk } from "./sdk";

test("the demo marketplace is the same in every start and covers every kind", async () => {
  const [first, second] = [await startWithSdk(), await startWithSdk()];
  const { state, seeded } = first.emulator;
  expect([...state.organizations.values()]).toEqual([...second.emulator.state.organizations.values()]);
  expect([...state.members.values()]).toEqual([...second.emulator.state.members.values()]);
  expect(first.emulator.operatorOrganizationId).toBe(OPERATOR_ORGANIZATION_ID);
  expect(state.requireMemberById(seeded.people.operatorId)).toMatchObject({
    organization_id: OPERATOR_ORGANIZATION_ID,
    is_admin: true,
  });

  const organizations = [...state.organizations.values()];
  const sizes = organizations.map(({ organization_id }) => state.members.countOf(organization_id));
  expect([Math.min(...sizes), Math.max(...sizes)]).toEqual([3, 60]);
  expect(new Set(organizations.map((organization) => organization.third_party_connected_apps_allowed_type))).toEqual(
    new Set(["ALL_ALLOWED", "RESTRICTED", "NOT_ALLOWED"]),
  );
  expect(new Set([...state.members.values()].map((member) => member.status)).size).toBe(4);
  const clients = [...state.clients.values()];
  expect(clients).toHaveLength(8);
  expect(new Set(clients.map((client) => client.client_type)).size).toBe(4);
  expect(clients.flatMap((client) => state.grants.ofClient(client.client_id)).length).toBeGreaterThan(300);
  expect(state.requireClient(seeded.demoApp.clientId)).toMatchObject({
    client_name: "Ledger Export",
    redirect_urls: [seeded.demoApp.redirectUrl, seeded.demoApp.redirectUrl.replace("127.0.0.1", "localhost")],
  });
  expect(seeded.demoApp.redirectUrl).toBe(`${first.emulator.url}/demo/callback`);
  await Promise.all([first.emulator.stop(), second.emulator.stop()]);
});

test("no Member of the demo holds a consent that the policy of their organization excludes", async () => {
  const { emulator, stytch } = await startWithSdk();
  const listed = async (organization_id: string) =>
    (await stytch.organizations.connectedApps({ organization_id })).connected_apps;
  expect((await listed("bluefin")).map((app) => app.client_type).sort()).toEqual(["first_party", "first_party_public"]);
  expect((await listed("harbor-accounting")).filter((app) => app.client_type.startsWith("third"))).toHaveLength(3);
  await emulator.stop();
});

test("a marketplace of 200 organizations and 20,000 members can be asked for", async () => {
  const emulator = await startEmulator({
    port: 0,
    seed: { organizations: 200, members: 20_000, apps: 40, authorizationsPerMember: 5 },
  });
  const { state } = emulator;
  const customers = [...state.organizations.values()].filter(
    ({ organization_id }) => organization_id !== OPERATOR_ORGANIZATION_ID,
  );
  expect(customers).toHaveLength(200);
  expect(customers.every(({ organization_id }) => state.members.countOf(organization_id) === 100)).toBe(true);
  expect(state.clients.size).toBe(40);
  await emulator.stop();
});
