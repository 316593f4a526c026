import { decodeJwt } from "jose";
import { type EmulatorWithSdk, outcome, startWithSdk } from "./sdk";

let context: EmulatorWithSdk;
beforeAll(async () => {
  context = await startWithSdk();
});
afterAll(() => context.emulator.stop());
const clients = () => context.stytch.m2m.clients;

test("a client's secret is shown once; the record has every field", async () => {
  const { m2m_client } = await clients().create({ scopes: ["read:marketplace"], client_name: "Reports" });
  const { client_secret, ...record } = m2m_client;
  expect(record).toEqual({
    client_id: expect.stringMatching(/^m2m-client-test-/),
    client_name: "Reports",
    client_description: "",
    status: "active",
    scopes: ["read:marketplace"],
    trusted_metadata: {},
    client_secret_last_four: client_secret.slice(-4),
    next_client_secret_last_four: null,
  });
  expect((await clients().get({ client_id: record.client_id })).m2m_client).toEqual(record);
});

test("a client is updated, found by filters and deleted", async () => {
  const { m2m_client } = await clients().create({ client_id: "billing", scopes: ["read:x"] });
  const { client_id } = m2m_client;
  await clients().update({ client_id, status: "inactive", client_name: "Billing", scopes: ["read:y"] });
  const by = async (filter_name: "client_name" | "scopes" | "client_id", value: string) =>
    (
      await clients().search({ query: { operator: "AND", operands: [{ filter_name, filter_value: [value] }] } })
    ).m2m_clients.map((client) => client.client_id);
  expect(await by("client_name", "Billing")).toEqual(["billing"]);
  expect(await by("scopes", "read:y")).toEqual(["billing"]);
  expect(await by("client_id", "billing")).toEqual(["billing"]);
  expect(await clients().delete({ client_id })).toMatchObject({ client_id });
  expect(await outcome(clients().get({ client_id }))).toBe("404 m2m_client_not_found");
});

test.each([
  ["duplicate_m2m_client_id", { client_id: "taken", scopes: [] }],
  ["invalid_m2m_client_scope", { scopes: ["two words"] }],
])("create answers %s to %j", async (errorType, fields) => {
  await clients()
    .create({ client_id: "taken", scopes: [] })
    .catch(() => undefined);
  expect(await outcome(clients().create(fields))).toBe(`400 ${errorType}`);
});

test("secrets rotate as those of Connected Apps do", async () => {
  const { client_id } = (await clients().create({ scopes: [] })).m2m_client;
  const { secrets } = clients();
  expect(await outcome(secrets.rotate({ client_id }))).toBe("400 m2m_client_not_rotating_secret");
  const { m2m_client } = await secrets.rotateStart({ client_id });
  expect(m2m_client.next_client_secret_last_four).toBe(m2m_client.next_client_secret.slice(-4));
  expect(await outcome(secrets.rotateStart({ client_id }))).toBe("400 m2m_client_already_rotating_secret");
  await secrets.rotateCancel({ client_id });
  const again = await secrets.rotateStart({ client_id });
  const done = await secrets.rotate({ client_id });
  expect(done.m2m_client.client_secret_last_four).toBe(again.m2m_client.next_client_secret.slice(-4));
});

test("a minted token carries the client's scopes and no organization; an app's token carries one", async () => {
  const { readOnlyService, demoApp, people } = context.emulator.seeded;
  const service = await context.emulator.mintM2mToken({ clientId: readOnlyService.clientId });
  expect(await context.stytch.m2m.authenticateToken({ access_token: service })).toEqual({
    client_id: readOnlyService.clientId,
    scopes: ["read:marketplace"],
    custom_claims: {},
  });
  const app = await context.emulator.mintAccessToken({
    clientId: demoApp.clientId,
    memberId: people.memberId,
    scopes: ["openid"],
  });
  expect(decodeJwt(app)).toMatchObject({
    sub: people.memberId,
    "https://stytch.com/organization": { slug: "northwind" },
  });
  const read = await context.stytch.idp.introspectTokenLocal(app);
  expect(read).toMatchObject({ subject: people.memberId, scope: "openid" });
});
