/**
 * Two gateways on one PostgreSQL (and one Redis, where it is installed), full size: 2 × 1,000 mutations, 50 due rotations,
 * 20 raced consents: `npx tsx test/ledger/replicas.ts [--mutations 2000]`. Minutes. The suite has a small one,
 * `replicas.test.ts`.
 */
import { parseArgs } from "node:util";
import { freePort, isRedisInstalled, startRedisServer } from "../support/redis-server";
import { startEngine } from "./engines";
import { startReplicas } from "./two-replicas";

const print = (what: string, value: unknown) => process.stdout.write(`${what}: ${JSON.stringify(value)}\n`);

/** `["a", "b", "a"]` as `{ a: 2, b: 1 }`. */
function tally(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { mutations: { type: "string", default: "2000" } } });
  const engine = await startEngine("postgres");
  const port = isRedisInstalled ? await freePort() : undefined;
  const redis = port ? await startRedisServer(port) : undefined;
  const replicas = await startReplicas(await engine.create(), port ? `redis://127.0.0.1:${port}` : undefined);
  try {
    const start = performance.now();
    await replicas.mutate(Number(values.mutations));
    const seconds = (performance.now() - start) / 1000;
    const { writes, events, verdict } = await replicas.account();
    print("mutations", { seconds: Math.round(seconds), ...verdict });
    print("outcomes", tally(events.map(({ action, outcome }) => `${action} ${outcome}`)));
    print("writes of Stytch, by how often each was sent", tally([...writes.values()].map(String)));

    const apps = await replicas.rotate(50);
    const after = await replicas.account();
    print("due rotations", {
      apps: apps.length,
      sent: tally(apps.map((app) => String(after.writes.get(`POST ${app}/secrets/rotate`)))),
      completed: tally(after.events.filter(({ actor }) => actor.kind === "GATEWAY").map(({ outcome }) => outcome)),
    });

    const races = await replicas.raceConsents(20);
    print("raced consents", tally(races.map(({ answers, grants }) => `${answers.join(" + ")}, sent ${grants}`)));
    print("all chains", (await replicas.account()).verdict);
  } finally {
    await replicas.stop();
    redis?.kill("SIGKILL");
    await engine.stop();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
