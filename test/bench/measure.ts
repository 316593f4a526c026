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

/** Milliseconds, one request after the other. */
export async function latency(
  target: Target,
  payload: Payload,
  samples: number,
): Promise<{ p50: number; p99: number }> {
  // Behind what the warm-up left unanswered when it ended.
  for (let unmeasured = 0; unmeasured < 3; unmeasured++) await send(target, payload);
  const times: number[] = [];
  for (let sample = 0; sample < samples; sample++) {
    const started = performance.now();
    await send(target, payload);
    times.push(performance.now() - started);
  }
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}

const CONNECTIONS = 16;

async function load(target: Target, payload: Payload, limit: { duration: number } | { amount: number }) {
  const result = await autocannon({
    url: target.url,
    method: "POST",
    headers: headersOf(target),
    body: JSON.stringify(payload),
    connections: CONNECTIONS,
    ...limit,
  });
  if (result.non2xx + result.errors > 0) throw new Error(`${target.url} failed under load.`);
  return result;
}

/** V8 compiles what is hot, on the same core: until it has, a new server is measured as it is in its first seconds only. */
export async function warmUp(target: Target, payload: Payload, seconds: number): Promise<void> {
  await load(target, payload, { duration: seconds });
}

/** Requests per second over `seconds`, after twice that time to warm up. */
export async function throughput(target: Target, payload: Payload, seconds: number): Promise<number> {
  await warmUp(target, payload, seconds * 2);
  const { requests } = await load(target, payload, { duration: seconds });
  return Math.round(requests.total / seconds);
}

export async function repeat(target: Target, payload: Payload, amount: number): Promise<void> {
  await load(target, payload, { amount });
}
