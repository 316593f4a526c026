import { ViewerDocument } from "../generated/graphql";
import { startTestGateway, type TestGateway } from "../support/gateway";

let gateway: TestGateway;
afterEach(() => gateway.stop());

/** Stytch's clock, this many seconds ahead of the gateway's. */
const startWithStytchAhead = async (seconds: number) => {
  gateway = await startTestGateway({
    emulator: { clock: () => new Date(Date.now() + seconds * 1000) },
  });
};

test("a service's token from a clock a few seconds ahead is taken", async () => {
  await startWithStytchAhead(5);
  const { viewer } = await (await gateway.asService()).request(ViewerDocument);
  expect(viewer?.isOperator).toBe(true);
});

test("one from far ahead is not valid yet", async () => {
  await startWithStytchAhead(120);
  await expect((await gateway.asService()).request(ViewerDocument)).rejects.toThrow("The credential is not valid");
});

test("a session JWT from far ahead is for Stytch to judge", async () => {
  await startWithStytchAhead(120);
  const { memberId } = gateway.emulator.seeded.people;
  const { viewer } = await (await gateway.as(memberId)).request(ViewerDocument);
  expect(viewer?.member?.id).toBe(memberId);
});
