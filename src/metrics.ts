import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** Breaker states as the gauge shows them. */
export const BREAKER_STATES = { closed: 0, halfOpen: 1, open: 2 } as const;

export type Metrics = ReturnType<typeof createMetrics>;

/** What operators see on `/metrics`. Label values come from closed sets only: never an id, a name or a caller's text. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const buckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    operations: new Counter({
      name: "gateway_operations_total",
      help: "GraphQL operations by root field (`several` for more than one) and outcome: `OK` or the first error code.",
      labelNames: ["operation", "code"],
      registers,
    }),
    operationSeconds: new Histogram({
      name: "gateway_operation_duration_seconds",
      help: "Time from parsing to answer.",
      labelNames: ["operation"],
      buckets,
      registers,
    }),
    upstreamRequests: new Counter({
      name: "gateway_upstream_requests_total",
      help: "HTTP requests to Stytch by SDK method and status; `none` when no usable answer came.",
      labelNames: ["endpoint", "status"],
      registers,
    }),
    upstreamSeconds: new Histogram({
      name: "gateway_upstream_duration_seconds",
      help: "Time of one HTTP request to Stytch.",
      labelNames: ["endpoint"],
      buckets,
      registers,
    }),
    upstreamRetries: new Counter({
      name: "gateway_upstream_retries_total",
      help: "Reads sent to Stytch again.",
      labelNames: ["endpoint"],
      registers,
    }),
    coalesced: new Counter({
      name: "gateway_upstream_coalesced_total",
      help: "Reads answered by an identical one already in flight.",
      registers,
    }),
    shed: new Counter({
      name: "gateway_shed_total",
      help: "Requests refused because the process is behind: its event loop is `late`, its `memory` is nearly used up, or it makes too many large `answers`.",
      labelNames: ["reason"],
      registers,
    }),
    spans: new Counter({
      name: "gateway_spans_total",
      help: "Spans that the collector of traces took (`sent`) or that were `dropped`.",
      labelNames: ["result"],
      registers,
    }),
    sockets: new Gauge({ name: "gateway_connections", help: "Open connections of callers.", registers }),
    socketsDropped: new Counter({
      name: "gateway_connections_dropped_total",
      help: "Connections refused because too many are open.",
      registers,
    }),
    answersCut: new Counter({
      name: "gateway_answers_cut_total",
      help: "Answers cut off, not read in time, because too many others wait to be read.",
      registers,
    }),
    searches: new Counter({
      name: "gateway_searches_total",
      help: "Scarce searches: `sent` to Stytch, or `refused` because the tenant had used up its part of the minute.",
      labelNames: ["endpoint", "result"],
      registers,
    }),
    redisUp: new Gauge({
      name: "gateway_redis_up",
      help: "1 while Redis answers in time, 0 while it does not and replicas count by themselves. Absent without Redis.",
      registers: [],
    }),
    breakerState: new Gauge({
      name: "gateway_upstream_breaker_state",
      help: "0 closed, 1 half-open, 2 open. For everybody; breakers of one tenant are not in it.",
      labelNames: ["endpoint"],
      registers,
    }),
    tenantBreakers: new Counter({
      name: "gateway_upstream_tenant_breakers_total",
      help: "How often the calls of one tenant failed so often in a row that it lost the endpoint for a while.",
      labelNames: ["endpoint"],
      registers,
    }),
  };
}
