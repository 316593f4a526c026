import autocannon from "autocannon";
import type { Server, Upstream } from "./child";

export interface Target {
  url: string;
  /** Left out: nobody asks. */
  token?: string;
}

export interface Payload {
  query: string;
  variables: Record<string, unknown>;
}

const headersOf = ({ token }: Target) => ({
  "content-type": "application/json",
  ...(token && { authorization: `Bearer ${token}` }),
});

/** One answer; a wrong one ends the benchmark, for nothing measured after it would mean anything. */
export async function send(target: Target, payload: Payload): Promise<unknown> {
  const answer = await fetch(target.url, {
    method: "POST",
    headers: headersOf(target),
    body: JSON.stringify(payload),
  });
  const { data, errors } = (await answer.json()) as { data: unknown; errors?: unknown };
  if (errors || !data) throw new Error(`${target.url} answered ${JSON.stringify(errors).slice(0, 500)}`);
  return data;
}

export async function countCalls(upstream: Server<Upstream>, target: Target, payload: Payload): Promise<number> {
  await upstream.ask("calls");
  await send(target, payload);
  return Number(await upstream.ask("calls"));
}

/** What so many of all took at most, in milliseconds. */
export function percentiles(times: readonly number[]): { p50: number; p99: number } {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}

/** Milliseconds, one request after the other. */
export async function latency(
  target: Target,
  payload: Payload,
  samples: number,
): Promise<{ p50: number; p99: number }> {
  // Not measured: these wait for requests of the warm-up that are still running.
  for (let unmeasured = 0; unmeasured < 3; unmeasured++) await send(target, payload);
  return percentiles(await timesOf(target, payload, samples));
}

/** Each answer's milliseconds, so many callers at the same time. */
export async function timesOf(target: Target, payload: Payload, samples: number, callers = 1): Promise<number[]> {
  const times: number[] = [];
  let left = samples;
  const call = async () => {
    while (left-- > 0) {
      const started = performance.now();
      await send(target, payload);
      times.push(performance.now() - started);
    }
  };
  await Promise.all(Array.from({ length: callers }, call));
  return times;
}

const CONNECTIONS = 16;
/** Sixteen of the textbook build's Q2 at once come near autocannon's default of 10 s on a slow machine. */
const TIMEOUT_SECONDS = 120;

async function load(target: Target, payload: Payload, limit: { duration: number } | { amount: number }) {
  const result = await autocannon({
    url: target.url,
    method: "POST",
    headers: headersOf(target),
    body: JSON.stringify(payload),
    connections: CONNECTIONS,
    timeout: TIMEOUT_SECONDS,
    ...limit,
  });
  if (result.non2xx + result.errors > 0) throw new Error(`${target.url} failed under load.`);
  return result;
}

/** Until V8 has compiled the hot code, on the same core, a new server is slower than it will be. */
export async function warmUp(target: Target, payload: Payload, seconds: number): Promise<void> {
  await load(target, payload, { duration: seconds });
}

export interface Throughput {
  perSecond: number;
  /** Of the server, per request. Says more where the load generator is the slower one. */
  cpuMs: number;
}

const ROUNDS = 5;

/**
 * Each server over `seconds`, in turns, and the median of all rounds: a machine that is slow for a while is then slow for
 * everybody. They warm up for twice that time first.
 */
export async function throughput<Name extends string>(
  servers: Record<Name, { server: Server; target: Target }>,
  payload: Payload,
  seconds: number,
): Promise<Record<Name, Throughput>> {
  const names = Object.keys(servers) as Name[];
  const rounds: Record<Name, Throughput>[] = [];
  for (const name of names) await warmUp(servers[name].target, payload, seconds * 2);
  for (let round = 0; round < ROUNDS; round++) {
    const figures = {} as Record<Name, Throughput>;
    for (const name of names) figures[name] = await oneRound(servers[name], payload, seconds);
    rounds.push(figures);
  }
  const medians = names.map((name) => {
    const of = (figure: keyof Throughput) => median(rounds.map((round) => round[name][figure]));
    return [name, { perSecond: of("perSecond"), cpuMs: of("cpuMs") }];
  });
  return Object.fromEntries(medians);
}

async function oneRound(
  { server, target }: { server: Server; target: Target },
  payload: Payload,
  seconds: number,
): Promise<Throughput> {
  const before = Number(await server.ask("cpu"));
  const { requests } = await load(target, payload, { duration: seconds });
  const cpuMs = Number(await server.ask("cpu")) - before;
  return { perSecond: Math.round(requests.total / seconds), cpuMs: Number((cpuMs / requests.total).toFixed(3)) };
}

const median = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

export async function repeat(target: Target, payload: Payload, amount: number): Promise<void> {
  await load(target, payload, { amount });
}
