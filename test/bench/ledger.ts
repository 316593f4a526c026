import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { seededId } from "stytch-emulator";
import { ENGINES, startPostgres } from "../ledger/engines";
import { type Server, start, type Upstream } from "./child";
import { type Payload, percentiles, repeat, send, type Target, timesOf, warmUp } from "./measure";
import { q1 } from "./queries";

/**
 * What the ledger costs: `createClient` without it, in memory, on SQLite and on PostgreSQL, in turns, and Q1, which does
 * not need it; then what 100,000 mutations leave in memory. The gateway is the built one:
 * `npm run build && npx tsx test/bench/ledger.ts`, some 6 minutes on an idle machine with two cores.
 */
const { values } = parseArgs({
  options: {
    /** Samples of each figure and round. */
    samples: { type: "string", default: "200" },
    rounds: { type: "string", default: "5" },
    /** Of each server, before anything is measured. */
    "warm-up-seconds": { type: "string", default: "5" },
    /** Of the memory test. */
    mutations: { type: "string", default: "100000" },
  },
});
const samples = Number(values.samples);
const rounds = Number(values.rounds);
const mutations = Number(values.mutations);
const CALLERS = [1, 16];
/** Upstream's answer is replayed, so each makes the same app again: nothing grows but the ledger. */
const create: Payload = {
  query: `mutation ($input: CreateClientInput!) { createClient(input: $input) { connectedApp { id } userErrors { code } } }`,
  variables: { input: { clientType: "THIRD_PARTY", name: "Books", redirectUrls: ["https://books.example/cb"] } },
};
const COUNT: Payload = { query: "{ auditLog(first: 1) { nodes { position action outcome } } }", variables: {} };

type Gateway = { server: Server; target: Target };

async function compare(
  title: string,
  payload: Payload,
  gateways: Record<string, Gateway>,
  upstream: Server<Upstream>,
  latencies: readonly number[],
): Promise<void> {
  const table: Record<string, Record<string, string>> = {};
  for (const latencyMs of latencies) {
    await upstream.ask("latency", latencyMs);
    for (const callers of CALLERS) {
      const times = new Map(Object.keys(gateways).map((name): [string, number[]] => [name, []]));
      for (let round = 0; round < rounds; round++) {
        for (const [name, { target }] of Object.entries(gateways)) {
          times.get(name)?.push(...(await timesOf(target, payload, samples, callers)));
        }
      }
      for (const [name, all] of times) {
        const { p50, p99 } = percentiles(all);
        const column = `${callers} at once, upstream ${latencyMs} ms`;
        table[name] = { ...table[name], [column]: `${p50.toFixed(1)} / ${p99.toFixed(1)}` };
      }
    }
  }
  await upstream.ask("latency", 0);
  console.log(`\n${title}: p50 / p99 in ms`);
  console.table(table);
}

async function grow(name: string, { server, target }: Gateway): Promise<void> {
  await repeat(target, create, Math.ceil(mutations / 10));
  const before = await server.ask("memory");
  const started = performance.now();
  await repeat(target, create, mutations);
  const perSecond = Math.round((mutations * 1000) / (performance.now() - started));
  console.log(`\nMemory in MB, ledger on ${name}, before and after ${mutations} mutations, ${perSecond}/s`);
  console.table({ before, after: await server.ask("memory") });
  const { auditLog } = (await send(target, COUNT)) as { auditLog: { nodes: { position: number; outcome: string }[] } };
  const [newest] = auditLog.nodes;
  console.log(`The chain has ${newest?.position} events; the newest is ${newest?.outcome}.`);
}

async function main(): Promise<void> {
  const seed = { organizations: 20, members: 20 * 51, apps: 6, authorizationsPerMember: 6 };
  const upstream = await start<Upstream>("upstream", 1, { seed });
  const folder = mkdtempSync(join(tmpdir(), "ledger-bench-"));
  const postgres = ENGINES.includes("postgres") ? await startPostgres({ durable: true }) : undefined;
  const open = async (databaseUrl: string): Promise<Gateway> => {
    const server = await start("gateway", 0, { upstream: upstream.facts, coalesce: true, databaseUrl });
    return { server, target: { url: server.facts.url, token: upstream.facts.token } };
  };
  const sqlite = await open(`file:${join(folder, "ledger.db")}`);
  const gateways: Record<string, Gateway> = {
    without: await open("none"),
    "in memory": await open("memory"),
    SQLite: sqlite,
    ...(postgres && { PostgreSQL: await open(await postgres.create()) }),
  };
  try {
    const read: Payload = { query: q1.text, variables: { id: seededId("organization", "customer-0001") } };
    for (const { target } of Object.values(gateways)) {
      await warmUp(target, create, Number(values["warm-up-seconds"]));
      await warmUp(target, read, Number(values["warm-up-seconds"]));
    }
    await compare("createClient", create, gateways, upstream, [0, 20]);
    await compare(q1.name, read, gateways, upstream, [0]);
    await grow("SQLite", sqlite);
  } finally {
    for (const { server } of Object.values(gateways)) await server.stop();
    await upstream.stop();
    await postgres?.stop();
    rmSync(folder, { recursive: true });
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
