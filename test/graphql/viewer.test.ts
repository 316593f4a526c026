import { ViewerDocument } from "../generated/graphql";
import { startTestGateway, type TestGateway } from "../support/gateway";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway();
});
afterAll(() => gateway.stop());

test("a Member reads itself and its Organization with one call", async () => {
  const { memberId } = gateway.emulator.seeded.people;
  const client = await gateway.as(memberId);
  gateway.calls();
  const { viewer } = await client.request(ViewerDocument);
  expect(viewer).toMatchObject({
    isOperator: false,
    scopes: [],
    member: { id: memberId },
    organization: { slug: "northwind" },
  });
  expect(gateway.calls()).toEqual(["POST /v1/b2b/sessions/authenticate"]);
});

test("nobody is null", async () => {
  expect(await gateway.client().request(ViewerDocument)).toEqual({ viewer: null });
});
