import { startTestGateway, type TestGateway } from "../support/gateway";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

/** The SDK writes ids into URL paths, where these would name another endpoint. */
test.each([".", "..", "ledger"])("an app called %p has no authorizations, and nothing is asked", async (id) => {
  const { organization_id } = gateway.emulator.state.requireMemberById(gateway.emulator.seeded.people.memberId);
  const client = await gateway.asService();
  gateway.calls();
  const answer = await client.request(
    "query ($organization: ID!, $id: ID!) { organization(id: $organization) { authorizations(connectedAppId: $id) { id } } }",
    { organization: organization_id, id },
  );
  expect(answer).toEqual({ organization: { authorizations: [] } });
  expect(gateway.calls()).toEqual(["GET /v1/b2b/organizations/:organization_id"]);
});

test.each([".", ".."])("an Organization called %p is unknown, and nothing is asked", async (id) => {
  const client = await gateway.asService();
  gateway.calls();
  expect(await client.request("query ($id: ID!) { organization(id: $id) { id } }", { id })).toEqual({
    organization: null,
  });
  expect(gateway.calls()).toEqual([]);
});
