import { type SeedSize, seededId } from "stytch-emulator";
import { start, type Upstream } from "./child";
import { throughput } from "./measure";
import { q1 } from "./queries";

/** What compiled execution is worth: Q1 with and without it, in turns. For docs/decisions/compiled-execution.md. */
const WIDE: SeedSize = { organizations: 20, members: 20 * 51, apps: 6, authorizationsPerMember: 6 };
const SECONDS = 2;

async function main(): Promise<void> {
  const upstream = await start<Upstream>("upstream", 1, { seed: WIDE });
  const open = async (compileAfter: number | "never") => {
    const server = await start("gateway", 0, { upstream: upstream.facts, coalesce: false, compileAfter });
    return { server, target: { url: server.facts.url, token: upstream.facts.token } };
  };
  const servers = { compiled: await open(1), interpreted: await open("never") };
  const variables = q1.variables?.([], [seededId("organization", "customer-0001")]) ?? {};
  console.table(await throughput(servers, { query: q1.text, variables }, SECONDS));
  for (const { server } of [...Object.values(servers), { server: upstream }]) await server.stop();
}

void main();
