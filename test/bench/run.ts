import { parseArgs } from "node:util";
import type { SeedSize } from "stytch-emulator";
import { seededId } from "stytch-emulator";
import { type Server, start, type Upstream } from "./child";
import { countCalls, latency, type Payload, repeat, type Target, type Throughput, throughput, warmUp } from "./measure";
import { light, type Query, q1, q2, q3, q4, q5 } from "./queries";

const { values } = parseArgs({
  options: {
    /** Requests of the memory test. */
    requests: { type: "string", default: "100000" },
    /** Seconds per throughput figure and round. */
    seconds: { type: "string", default: "3" },
    latency: { type: "string", default: "20" },
  },
});
const seconds = Number(values.seconds);
const requests = Number(values.requests);
const latencyMs = Number(values.latency);

/** The server under test has a core to itself; upstream and load generator share the other. */
const TESTED = 0;
const OTHERS = 1;

/** 50 Members of each Organization are listed: a deleted one comes on top. 6 apps. */
const WIDE: SeedSize = { organizations: 20, members: 20 * 51, apps: 6, authorizationsPerMember: 6 };
/** 100 active Members, and an invited, a pending and a deleted one. */
const TALL: SeedSize = { organizations: 1, members: 103, apps: 50, authorizationsPerMember: 50 };

const ids = {
  apps: [seededId("connected-app", "Ledger Export")],
  organizations: [seededId("organization", "customer-0001")],
};
const payloadOf = ({ text, variables }: Query): Payload => ({
  query: text,
  variables: variables?.(ids.apps, ids.organizations) ?? {},
});

const calls: Record<string, Record<string, number>> = {};
const milliseconds: Record<string, Record<string, string>> = {};
const perSecond: Record<string, Record<string, number>> = {};
const cpuMs: Record<string, Record<string, number>> = {};
const ratios: Record<string, string> = {};

const ratio = (a: number, b: number) => `${(a / b).toFixed(2)}x`;

const figures = (rates: Record<string, Throughput>, of: (rate: Throughput) => number) =>
  Object.fromEntries(Object.entries(rates).map(([server, rate]) => [server, of(rate)]));

async function withServers(seed: SeedSize, work: (world: World) => Promise<void>): Promise<void> {
  const upstream = await start<Upstream>("upstream", OTHERS, { seed });
  const running: Server[] = [];
  const open = async (name: "gateway" | "textbook" | "floor" | "plain-apollo", options = {}) => {
    const server = await start(name, TESTED, { upstream: upstream.facts, ...options });
    running.push(server);
    return { ...server, target: { url: server.facts.url, token: upstream.facts.token } };
  };
  try {
    await work({ upstream, open });
  } finally {
    for (const server of [...running, upstream]) await server.stop();
  }
}
interface World {
  upstream: Server<Upstream>;
  open(name: "gateway" | "textbook" | "floor" | "plain-apollo", options?: object): Promise<Server & { target: Target }>;
}

async function compare(upstream: Server<Upstream>, query: Query, targets: Record<string, Target>, samples: number) {
  const payload = payloadOf(query);
  for (const [name, target] of Object.entries(targets)) {
    await upstream.ask("latency", 0);
    calls[query.name] = { ...calls[query.name], [name]: await countCalls(upstream, target, payload) };
    await warmUp(target, payload, seconds);
    await upstream.ask("latency", latencyMs);
    const { p50, p99 } = await latency(target, payload, samples);
    milliseconds[query.name] = { ...milliseconds[query.name], [name]: `${p50.toFixed(0)} / ${p99.toFixed(0)}` };
    if (name === "textbook") ratios[`${query.name}: p50, textbook : gateway`] = ratio(p50, gatewayP50);
    else if (name === "gateway") gatewayP50 = p50;
  }
  await upstream.ask("latency", 0);
}
let gatewayP50 = Number.NaN;

async function wide({ upstream, open }: World): Promise<void> {
  const gateway = await open("gateway", { coalesce: false });
  const shared = await open("gateway", { coalesce: true });
  const textbook = await open("textbook");
  const floor = await open("floor");
  const plain = await open("plain-apollo");

  await compare(upstream, q1, { gateway: gateway.target, textbook: textbook.target, floor: floor.target }, 50);
  await compare(upstream, q2, { gateway: gateway.target, textbook: textbook.target }, 20);

  const caller = (server: Server & { target: Target }) => ({ server, target: server.target });
  const q1Rates = await throughput(
    {
      gateway: caller(gateway),
      textbook: caller(textbook),
      floor: caller(floor),
      "gateway, coalescing": caller(shared),
    },
    payloadOf(q1),
    seconds,
  );
  // Asked by nobody, because the plain server checks no credential either.
  const nobody = (server: Server) => ({ server, target: { url: server.facts.url } });
  const q3Rates = await throughput(
    { gateway: nobody(gateway), textbook: nobody(textbook), "plain Apollo": nobody(plain) },
    payloadOf(q3),
    seconds,
  );
  for (const [name, rates] of Object.entries({ [q1.name]: q1Rates, [q3.name]: q3Rates })) {
    perSecond[name] = figures(rates, ({ perSecond }) => perSecond);
    cpuMs[name] = figures(rates, ({ cpuMs }) => cpuMs);
  }
  const faster = (a: Throughput, b: Throughput) => ratio(a.perSecond, b.perSecond);
  ratios["Q1 req/s, gateway : textbook"] = faster(q1Rates.gateway, q1Rates.textbook);
  ratios["Q1 req/s, gateway : floor"] = faster(q1Rates.gateway, q1Rates.floor);
  ratios["Q1 req/s, with coalescing : without"] = faster(q1Rates["gateway, coalescing"], q1Rates.gateway);
  ratios["Q3 req/s, gateway : textbook"] = faster(q3Rates.gateway, q3Rates.textbook);
  ratios["Q3 req/s, gateway : plain Apollo"] = faster(q3Rates.gateway, q3Rates["plain Apollo"]);

  await repeat(gateway.target, payloadOf(light), Math.ceil(requests / 10));
  const before = await gateway.ask("memory");
  await repeat(gateway.target, payloadOf(light), requests);
  console.log(`\nMemory of the gateway in MB, before and after ${requests} requests`);
  console.table({ before, after: await gateway.ask("memory") });
}

async function tall({ upstream, open }: World): Promise<void> {
  const targets = {
    gateway: (await open("gateway", { coalesce: false })).target,
    textbook: (await open("textbook")).target,
  };
  await compare(upstream, q4, targets, 20);
  await compare(upstream, q5, targets, 20);
}

async function main(): Promise<void> {
  await withServers(WIDE, wide);
  await withServers(TALL, tall);
  console.log("\nUpstream calls of one request");
  console.table(calls);
  console.log(`\np50 / p99 in ms, upstream at ${latencyMs} ms`);
  console.table(milliseconds);
  console.log("\nRequests per second, upstream at 0 ms, server on one core");
  console.table(perSecond);
  console.log("\nCPU of the server in ms per request, in the same measurement");
  console.table(cpuMs);
  console.log("\nRatios");
  console.table(ratios);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
