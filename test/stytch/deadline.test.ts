import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { createLogger } from "../../src/logger";
import { createMetrics } from "../../src/metrics";
import { UpstreamMeter } from "../../src/stytch/meter";
import { createPipeline, type Pipeline } from "../../src/stytch/pipeline";
import { createSearchRation } from "../../src/stytch/searches";

/** Long enough for a busy machine to answer within a quarter of it. */
const TIMEOUT_MS = 2000;

let server: Server;
let requests: { path: string; response: ServerResponse }[];
let pipeline: Pipeline;
beforeEach(async () => {
  requests = [];
  server = createServer((request, response) => void requests.push({ path: request.url ?? "", response }));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const metrics = createMetrics();
  pipeline = createPipeline({
    timeoutMs: TIMEOUT_MS,
    maxConcurrency: 1,
    coalesce: true,
    logger: createLogger("silent"),
    rationed: createSearchRation({ perMinute: 0, clock: () => new Date(), metrics }),
    metrics,
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

test("when the client has gone, what waits is dropped, nothing more is sent, and what was sent is awaited", async () => {
  const meter = new UpstreamMeter();
  const sent = carry("/sent", meter, "write");
  const response = await received("/sent");
  const waiting = carry("/waiting", meter);
  meter.abort();
  await expect(waiting).rejects.toMatchObject({ reason: "abandoned" });
  await expect(carry("/later", meter)).rejects.toMatchObject({ reason: "abandoned" });
  response.writeHead(200, { "content-type": "application/json" }).end("{}");
  await expect(sent).resolves.toMatchObject({ status: 200 });
  expect(requests.map(({ path }) => path)).toEqual(["/sent"]);
});

test("a read that another request shares goes on when the one that asked first has gone", async () => {
  const occupying = carry("/occupying");
  const response = await received("/occupying");
  const gone = new UpstreamMeter();
  const first = carry("/shared", gone);
  const second = carry("/shared");
  gone.abort();
  await expect(first).rejects.toMatchObject({ reason: "abandoned" });
  response.writeHead(200).end("{}");
  (await received("/shared")).writeHead(200).end("{}");
  await expect(second).resolves.toMatchObject({ status: 200 });
  await occupying;
});
