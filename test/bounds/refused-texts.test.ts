import { startTestGateway, type TestGateway } from "../support/gateway";
import { post } from "../support/post";

let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({ rateLimits: { address: 20 } });
});
afterAll(() => gateway.stop());

test("a text that fails its check counts ten times for an address without a credential, and for nobody else", async () => {
  const bad = () => post(gateway.url, {}, "{ nothing }");
  expect((await bad()).status).toBe(200);
  expect((await bad()).status).toBe(200);
  expect((await bad()).status).toBe(429);
  const headers = { authorization: `Bearer ${await gateway.emulator.mintM2mToken()}` };
  expect((await post(gateway.url, headers, "{ viewer { isOperator } }")).status).toBe(200);
});
