import { parseArgs } from "node:util";
import { type SeedSize, seededId } from "stytch-emulator";
import { start, type Upstream } from "./child";
import { latency, throughput, warmUp } from "./measure";
import { type Query, q1, q3 } from "./queries";

/**
 * Q1 and Q3 of this checkout, with and without compiled execution, and of another one that is built as well:
 * `npx tsx test/bench/versions.ts --other ../before`. In turns, so that a noisy machine is noisy for all.
 */
const { values } = parseArgs({
  options: { other: { type: "string" }, seconds: { type: "string", default: "3" } },
});
const seconds = Number(values.seconds);
const WIDE: SeedSize = { organizations: 20, members: 20 * 51, apps: 6, authorizationsPerMember: 6 };
const LATENCY_MS = 20;
const SAMPLES = 100;

async function main(): Promise<void> {
  const upstream = await start<Upstream>("upstream", 1, { seed: WIDE });
  const open = async (options: object, checkout?: string) => {
    const server = await start("gateway", 0, { upstream: upstream.facts, coalesce: false, ...options }, checkout);
    return { server, target: { url: server.facts.url, token: upstream.facts.token } };
  };
  const servers: Record<string, Awaited<ReturnType<typeof open>>> = {
    here: await open({}),
    "here, compiled at once": await open({ compileAfter: 1 }),
    "here, never compiled": await open({ compileAfter: "never" }),
    ...(values.other && { other: await open({}, values.other) }),
  };
  for (const query of [q1, q3]) {
    const payload = { query: query.text, variables: variablesOf(query) };
    const rates = await throughput(servers, payload, seconds);
    await upstream.ask("latency", LATENCY_MS);
    const rows: Record<string, object> = {};
    for (const [name, { target }] of Object.entries(servers)) {
      await warmUp(target, payload, 1);
      const { p50, p99 } = await latency(target, payload, SAMPLES);
      rows[name] = { ...rates[name], p50, p99 };
    }
    await upstream.ask("latency", 0);
    console.log(
      `\n${query.name}: requests per second and CPU in ms at 0 ms upstream, p50 and p99 in ms at ${LATENCY_MS} ms`,
    );
    console.table(rows);
  }
  for (const { server } of [...Object.values(servers), { server: upstream }]) await server.stop();
}

const variablesOf = ({ variables }: Query) => variables?.([], [seededId("organization", "customer-0001")]) ?? {};

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
