import { type Emulator, startEmulator } from "stytch-emulator";
import type { Gateway } from "../../src/gateway";
import { post } from "./post";
import { startReplica } from "./replica";

let emulator: Emulator;
let gateway: Gateway;
beforeEach(async () => {
  emulator = await startEmulator({ port: 0 });
  gateway = await startReplica(emulator, {}, { rateLimits: { viewer: 3, organization: 4, address: 2 } });
});
afterEach(async () => {
  await gateway.stop();
  await emulator.stop();
});

async function asMember(memberId: string) {
  const { session_jwt } = await emulator.mintSession({ memberId });
  return () => post(gateway.url, "{ __typename }", { authorization: `Bearer ${session_jwt}` });
}

test("a viewer over the limit is told so, and when to come back", async () => {
  const ask = await asMember(emulator.seeded.people.memberId);
  const { headers } = await ask();
  expect([headers.get("ratelimit-limit"), headers.get("ratelimit-remaining")]).toEqual(["3", "2"]);
  await ask();
  await ask();
  const refused = await ask();
  expect(refused.status).toBe(429);
  expect(refused.errors[0]?.extensions).toMatchObject({ code: "RATE_LIMITED", retryAfterSeconds: expect.any(Number) });
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(refused.headers.get("ratelimit-remaining")).toBe("0");
});

test("Members share their Organization's limit, and other Organizations keep theirs", async () => {
  const member = await asMember(emulator.seeded.people.memberId);
  const admin = await asMember(emulator.seeded.people.adminId);
  for (const ask of [member, member, admin, admin]) expect((await ask()).status).toBe(200);
  expect((await admin()).status).toBe(429);
  const service = { authorization: `Bearer ${await emulator.mintM2mToken()}` };
  expect((await post(gateway.url, "{ __typename }", service)).status).toBe(200);
});

test("callers without a credential count by address", async () => {
  const statuses = [];
  for (let i = 0; i < 3; i++) statuses.push((await post(gateway.url, "{ __typename }")).status);
  expect(statuses).toEqual([200, 200, 429]);
});
