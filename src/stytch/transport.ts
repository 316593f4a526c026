import { Agent, type Dispatcher } from "undici";
import type { Logger } from "../logger";
import type { Metrics } from "../metrics";
import { exchange } from "./exchange";
import type { UpstreamMeter } from "./meter";
import { createResilience } from "./resilience";
import { type Answer, parseRetryAfter } from "./upstream-fault";

/** What the caller of an SDK method says about the one HTTP call that the method makes. */
export interface UpstreamCall {
  /** The SDK's method, e.g. `organizations.search`: the name in logs and metrics. */
  operation: string;
  /** Reads may be shared with an identical call in flight and repeated after a fault. Writes never. */
  kind: "read" | "write";
  meter: UpstreamMeter;
  /** What became of it. The SDK drops the cause of an error and the headers of an answer, so they are kept here. */
  outcome?: { error: unknown } | Answer;
}

export interface Transport {
  /** Handed to the SDK: marks its calls as ours. */
  dispatcher: Dispatcher;
  /** Runs one SDK method; the HTTP call it makes is described by `call`. */
  run<T>(call: UpstreamCall, method: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface TransportOptions {
  /** Whole call, connection and body included. The SDK's own `timeout` option has no effect. */
  timeoutMs: number;
  /** Upper bound of connections per process; more calls wait for a free one. */
  maxConnections: number;
  /** Share identical reads in flight. Off only in benchmarks. */
  coalesce: boolean;
  logger: Logger;
  metrics: Metrics;
}

type Send = (url: string, init: RequestInit) => Promise<Answer>;

/** By dispatcher, which the SDK passes through to `fetch`: its only seam below the method call. */
const transports = new WeakMap<Dispatcher, Send>();
installFetch();

/**
 * The SDK calls the global `fetch`, which costs about 2.5 times a plain undici request here (issue 5). Calls that carry
 * one of our dispatchers are answered by `exchange`; every other `fetch` in the process is left alone.
 */
function installFetch(): void {
  const builtIn = globalThis.fetch;
  globalThis.fetch = (input, init) => {
    const dispatcher: unknown = init && Reflect.get(init, "dispatcher");
    const send = dispatcher instanceof Agent ? transports.get(dispatcher) : undefined;
    if (!send || !init) return builtIn(input, init);
    // The SDK reads `status` and `json()` and nothing else.
    return send(String(input), init).then(({ status, body }) => ({ status, json: async () => body }) as Response);
  };
}

export function createTransport(options: TransportOptions): Transport {
  const { maxConnections, metrics } = options;
  // The deadline of each call stands in for undici's own timers of headers and body, which are coarse.
  const agent = new Agent({
    connections: maxConnections,
    keepAliveTimeout: 30_000,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const resilient = createResilience({ ...options, maxConcurrency: maxConnections });
  const inFlight = new Map<string, Promise<Answer>>();
  // SDK methods reach `fetch` before their first await, so a plain variable ties the two together.
  let current: UpstreamCall | undefined;

  async function once(url: string, init: RequestInit, remainingMs: number): Promise<Answer> {
    const { origin, pathname, search } = new URL(url);
    const { status, retryAfter, text } = await exchange(
      agent,
      {
        origin,
        path: pathname + search,
        method: init.method as Dispatcher.HttpMethod,
        headers: init.headers as Record<string, string>,
        body: (init.body ?? null) as string | null,
      },
      remainingMs,
    );
    const retryAfterSeconds = parseRetryAfter(retryAfter);
    const body = parseJson(text);
    return { status, body, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
  }

  function call({ operation, kind, meter }: UpstreamCall, url: string, init: RequestInit): Promise<Answer> {
    meter.spend();
    return meter.slots.execute(() =>
      resilient({ operation, kind, send: (remainingMs) => once(url, init, remainingMs), onRetry: () => meter.retry() }),
    );
  }

  async function send(url: string, init: RequestInit): Promise<Answer> {
    const described = current;
    if (!described) throw new Error("A Stytch call was made outside Transport.run.");
    try {
      const answer = await shareOrCall(described, url, init);
      described.outcome = answer;
      return answer;
    } catch (error) {
      described.outcome = { error };
      throw error;
    }
  }

  async function shareOrCall(described: UpstreamCall, url: string, init: RequestInit): Promise<Answer> {
    if (described.kind === "write") {
      try {
        return await call(described, url, init);
      } finally {
        // A read that starts after a write must not be given the answer of one that started before it.
        inFlight.clear();
      }
    }
    const key = options.coalesce ? `${init.method} ${url}\n${JSON.stringify(init.headers)}\n${init.body ?? ""}` : "";
    const shared = options.coalesce ? inFlight.get(key) : undefined;
    if (shared) {
      described.meter.coalesced += 1;
      metrics.coalesced.inc();
      return shared;
    }
    const answer = call(described, url, init).finally(() => {
      if (inFlight.get(key) === answer) inFlight.delete(key);
    });
    if (options.coalesce) inFlight.set(key, answer);
    return answer;
  }

  transports.set(agent, send);
  return {
    dispatcher: agent,
    run(described, method) {
      current = described;
      try {
        return method();
      } finally {
        current = undefined;
      }
    },
    close: () => agent.close(),
  };
}

/** `undefined` for what is no JSON: an HTML page, an empty or a truncated body. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
