import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { createLogger } from "../../src/logger";
import { createMetrics } from "../../src/metrics";
import { UpstreamMeter } from "../../src/stytch/meter";
import { createPipeline, type Pipeline } from "../../src/stytch/pipeline";

const TIMEOUT_MS = 600;

let server: Server;
let requests: { path: string; response: ServerResponse }[];
let pipeline: Pipeline;
beforeEach(async () => {
  requests = [];
  server = createServer((request, response) => void requests.push({ path: request.url ?? "", response }));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  pipeline = createPipeline({
    timeoutMs: TIMEOUT_MS,
    maxConcurrency: 1,
    coalesce: true,
    logger: createLogger("silent"),
    metrics: createMetrics(),
  });
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await pipeline.close();
});

const carry = (path: string, meter = new UpstreamMeter(), kind: "read" | "write" = "read") =>
  pipeline.carry(
    { operation: "organizations.get", kind, meter },
    {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
      method: "GET",
      headers: {},
      body: null,
    },
  );
async function received(path: string) {
  for (;;) {
    const request = requests.find((known) => known.path === path);
    if (request) return request.response;
    await new Promise(setImmediate);
  }
}

test("a retry that waits behind a newer call ends at its own deadline, with the fault that caused it", async () => {
  const first = carry("/first");
  const response = await received("/first");
  await delay(TIMEOUT_MS / 4);
  const newer = carry("/newer");
  // Much of the time is used up; the newer call takes the slot from the retry and keeps it.
  await delay(TIMEOUT_MS / 4);
  response.writeHead(503).end();
  const ended = await Promise.race([
    first.catch(({ reason }: { reason: string }) => ({ first: reason })),
    newer.catch(({ reason }: { reason: string }) => ({ newer: reason })),
  ]);
  expect(ended).toEqual({ first: "broken" });
  expect(requests.map(({ path }) => path)).toEqual(["/first", "/newer"]);
  await expect(newer).rejects.toMatchObject({ reason: "late" });
});
