import { type Emulator, startEmulator } from "stytch-emulator";
import type { Gateway } from "../../src/gateway";
import { post } from "../support/post";
import { startReplica } from "../support/replica";

let emulator: Emulator;
let gateway: Gateway;
beforeAll(async () => {
  emulator = await startEmulator({ port: 0 });
  // The gateway shares its process with this test, so the test can hold its event loop.
  gateway = await startReplica(emulator, {}, { maxLateMs: 250 });
});
afterAll(async () => {
  await gateway.stop();
  await emulator.stop();
});

function hold(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

test("behind: new requests get 503 and when to come back, probes the truth; afterwards all is as before", async () => {
  const { session_token } = await emulator.mintSession({ memberId: emulator.seeded.people.memberId });
  const ask = (headers: Record<string, string> = {}) =>
    post(gateway.url, { "x-stytch-member-session": session_token, ...headers }, "{ viewer { member { id } } }");
  expect((await ask()).status).toBe(200);
  emulator.clearRequests();

  // Sent now, read by the gateway after the hold.
  const during = ask({ origin: "http://localhost:5173" });
  const page = fetch(`${gateway.url}/oauth/authorize?client_id=x`, { headers: { accept: "text/html" } });
  const probes = ["/livez", "/readyz", "/metrics"].map((path) => fetch(`${gateway.url}${path}`));
  hold(3000);
  const shed = await during;
  expect(shed.status).toBe(503);
  expect(shed.headers.get("retry-after")).toBe("2");
  expect(shed.headers.get("access-control-allow-origin")).toBe("http://localhost:5173");
  expect(shed.errors).toEqual([
    { message: expect.any(String), extensions: { code: "OVERLOADED", requestId: shed.headers.get("x-request-id") } },
  ]);
  expect((await page).status).toBe(503);
  expect((await page).headers.get("content-type")).toMatch(/^text\/html/);
  expect((await Promise.all(probes)).map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(emulator.requests()).toEqual([]);

  const until = performance.now() + 10_000;
  while ((await ask()).status !== 200 && performance.now() < until);
  expect((await ask()).status).toBe(200);
  const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
  expect(metrics).toMatch(/gateway_shed_total\{reason="late"\} [1-9]/);
});
