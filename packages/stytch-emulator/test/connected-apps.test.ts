import { type EmulatorWithSdk, outcome, startWithSdk } from "./sdk";

let context: EmulatorWithSdk;
beforeEach(async () => {
  context = await startWithSdk();
});
afterEach(() => context.emulator.stop());

const organization_id = "northwind";
const organizations = () => context.stytch.organizations;
const memberApps = (member_id: string) => organizations().members.getConnectedApps({ organization_id, member_id });

test("an organization lists the apps that its members authorized, each with its members", async () => {
  const { connected_apps } = await organizations().connectedApps({ organization_id });
  expect(connected_apps).toHaveLength(8);
  expect(connected_apps[0]).toEqual({
    connected_app_id: context.emulator.seeded.demoApp.clientId,
    name: "Ledger Export",
    description: "Copies journal entries to your data warehouse every night.",
    client_type: "third_party",
    logo_url: "https://cdn.ledger-export.example/logo.png",
  });
  expect(connected_apps.find((app) => app.name === "Meridian CLI")).toMatchObject({ logo_url: null });

  const [app] = connected_apps;
  const single = await organizations().getConnectedApp({
    organization_id,
    connected_app_id: app?.connected_app_id ?? "",
  });
  expect(single).toMatchObject({ ...app, status_code: 200, request_id: expect.any(String) });
  for (const { member_id, granted_scopes } of single.active_members) {
    const own = (await memberApps(member_id)).connected_apps.find(
      (other) => other.connected_app_id === app?.connected_app_id,
    );
    expect(own).toEqual({ ...app, scopes_granted: granted_scopes.join(" ") });
  }
});

test("revoking ends consent and tokens, marks the app to ask again, and fails a second time", async () => {
  const { memberId } = context.emulator.seeded.people;
  const [app] = (await memberApps(memberId)).connected_apps;
  const clientId = app?.connected_app_id ?? "";
  await context.emulator.mintAccessToken({ clientId, memberId, scopes: ["openid"] });
  const revoke = () =>
    organizations().members.connectedApps.revoke({ organization_id, member_id: memberId, connected_app_id: clientId });

  expect(await revoke()).toEqual({ request_id: expect.any(String), status_code: 200 });
  expect((await memberApps(memberId)).connected_apps.map((other) => other.connected_app_id)).not.toContain(clientId);
  const { active_members } = await organizations().getConnectedApp({ organization_id, connected_app_id: clientId });
  expect(active_members.map((member) => member.member_id)).not.toContain(memberId);
  const tokens = [...context.emulator.state.tokens.accessTokens.values()];
  expect(tokens.map((token) => token.status)).not.toContain("active");
  expect(context.emulator.state.grants.mustAskAgain(memberId, clientId)).toBe(true);
  expect(await outcome(revoke())).toBe("404 connected_app_not_found");
});

test("an app leaves the organization's list with its last consent", async () => {
  const { connected_app } = await context.stytch.connectedApp.clients.create({ client_type: "third_party" });
  const connected_app_id = connected_app.client_id;
  const single = () => outcome(organizations().getConnectedApp({ organization_id, connected_app_id }));
  expect(await single()).toBe("404 connected_app_not_found");
  const { memberId } = context.emulator.seeded.people;
  const member = context.emulator.state.requireMemberById(memberId);
  context.emulator.state.grants.record({ ...member, client_id: connected_app_id, scopes: ["openid"] });
  expect(await single()).toBe("ok");
  await organizations().members.connectedApps.revoke({ organization_id, member_id: memberId, connected_app_id });
  expect(await single()).toBe("404 connected_app_not_found");
});

test.each([
  ["unknown organization", { organization_id: "nobody" }, "404 organization_not_found"],
  ["unknown member", { member_id: "nobody" }, "404 member_not_found"],
  ["another organization's member", { organization_id: "bluefin" }, "404 member_not_found"],
  ["unknown app", { connected_app_id: "connected-app-test-none" }, "404 connected_app_not_found"],
])("revoke with an %s is %s", async (_, wrong, expected) => {
  const { memberId } = context.emulator.seeded.people;
  const right = {
    organization_id,
    member_id: memberId,
    connected_app_id: context.emulator.seeded.demoApp.clientId,
  };
  expect(await outcome(organizations().members.connectedApps.revoke({ ...right, ...wrong }))).toBe(expected);
});
