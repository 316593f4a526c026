import { type Emulator, startEmulator } from "stytch-emulator";
import type { Gateway } from "../../src/gateway";
import { post } from "../support/post";
import { startReplica } from "../support/replica";

let emulator: Emulator;
let gateway: Gateway | undefined;
beforeAll(async () => {
  emulator = await startEmulator({ port: 0 });
});
afterEach(() => gateway?.stop());
afterAll(() => emulator.stop());

/** Statuses of one anonymous request for each of these headers, where every address may ask once a minute. */
async function ask(trustProxy: number | string[], ...forwarded: string[]) {
  gateway = await startReplica(emulator, { trustProxy, rateLimits: { viewer: 0, organization: 0, address: 1 } });
  const statuses = [];
  for (const value of forwarded)
    statuses.push((await post(gateway.url, { "x-forwarded-for": value }, "{ __typename }")).status);
  return statuses;
}

test.each([
  ["no proxy: the header is anybody's word", 0, [200, 429]],
  ["one proxy", 1, [200, 200]],
  ["proxies by address", ["127.0.0.0/8"], [200, 200]],
  ["proxies elsewhere", ["10.0.0.0/8"], [200, 429]],
])("%s", async (_, trustProxy, expected) => {
  expect(await ask(trustProxy, "192.0.2.1", "192.0.2.2")).toEqual(expected);
});

test("what a caller puts before the last trusted hop buys it nothing", async () => {
  expect(await ask(1, "198.51.100.1, 192.0.2.1", "198.51.100.2, 192.0.2.1")).toEqual([200, 429]);
});
