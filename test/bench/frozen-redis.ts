import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { freePort, startRedisServer } from "../support/redis-server";
import { start, type Upstream } from "./child";
import { percentiles, send, type Target, warmUp } from "./measure";
import { q3 } from "./queries";

/**
 * Q3 while Redis answers, while it is stopped (SIGSTOP: connections stay open and nothing comes back), and after it.
 * Requests come at a steady rate, whether or not the ones before are answered. The gateway is the built one:
 * `npm run build && npx tsx test/bench/frozen-redis.ts`, 40 seconds. Needs `redis-server` on the path.
 */
const { values } = parseArgs({
  options: { seconds: { type: "string", default: "10" }, rate: { type: "string", default: "500" } },
});
const seconds = Number(values.seconds);
const rate = Number(values.rate);
const payload = { query: q3.text, variables: {} };

async function steadily(target: Target) {
  const times: number[] = [];
  const under: Promise<void>[] = [];
  const began = performance.now();
  for (let index = 0; index < seconds * rate; index++) {
    const due = began + (index * 1000) / rate;
    if (due > performance.now()) await sleep(due - performance.now());
    const started = performance.now();
    under.push(send(target, payload).then(() => void times.push(performance.now() - started)));
  }
  await Promise.all(under);
  const shown = { ...percentiles(times), longest: Math.max(...times) };
  return Object.fromEntries(Object.entries(shown).map(([name, ms]) => [name, Number(ms.toFixed(2))]));
}

async function main(): Promise<void> {
  const port = await freePort();
  const redis = await startRedisServer(port);
  const upstream = await start<Upstream>("upstream", 1, { seed: { organizations: 1, members: 4, apps: 1 } });
  const gateway = await start("gateway", 0, {
    upstream: upstream.facts,
    coalesce: true,
    redisUrl: `redis://127.0.0.1:${port}`,
  });
  const target = { url: gateway.facts.url };
  try {
    await warmUp(target, payload, Math.min(5, seconds));
    const before = await steadily(target);
    redis.kill("SIGSTOP");
    const during = await steadily(target);
    redis.kill("SIGCONT");
    const after = await steadily(target);
    console.log(`${q3.name}, ${rate} requests per second, ${seconds} s each: ms`);
    console.table({ before, during, after });
  } finally {
    await gateway.stop();
    await upstream.stop();
    redis.kill("SIGKILL");
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
