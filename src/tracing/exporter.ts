import type { Logger } from "../logger";
import type { Metrics } from "../metrics";
import { type EndedSpan, toOtlp } from "./otlp";

/** Spans that wait; further ones are dropped and counted. */
const MAX_WAITING = 4096;
/** Spans of one request to the collector. */
const BATCH = 512;
const PERIOD_MS = 2000;
/** For one request to the collector, and for the last ones at the end. */
const TIMEOUT_MS = 5000;
const STOP_MS = 1000;

/** Statuses after which the same may be sent again: https://opentelemetry.io/docs/specs/otlp/#retryable-response-codes */
const PASSING = new Set([429, 502, 503, 504]);

export interface ExporterOptions {
  /** The collector's address; `/v1/traces` is added. */
  endpoint: string;
  headers: Readonly<Record<string, string>>;
  serviceName: string;
  logger: Logger;
  metrics: Metrics;
}

export type Exporter = ReturnType<typeof startExporter>;

/** Sends spans in the background, a batch at a time. Whatever the collector does, no request of a caller waits for it. */
export function startExporter({ endpoint, headers, serviceName, logger, metrics }: ExporterOptions) {
  const url = new URL(endpoint);
  url.pathname = `${url.pathname.replace(/\/$/, "")}/v1/traces`;
  const waiting: EndedSpan[] = [];
  let isDelivering = true;
  let sending: Promise<boolean> | undefined;

  function say(isDelivered: boolean, cause: string): void {
    if (isDelivered === isDelivering) return;
    isDelivering = isDelivered;
    if (isDelivered) logger.info({ host: url.host }, "Spans are delivered again");
    else
      logger.warn(
        { host: url.host, cause },
        "Spans are not delivered: traces will have gaps; nothing else is affected",
      );
  }

  const count = (result: "sent" | "dropped", spans: number) => metrics.spans.inc({ result }, spans);

  /** Whether it may go on with the next batch. */
  async function send(signal: AbortSignal): Promise<boolean> {
    const batch = waiting.splice(0, BATCH);
    let status = 0;
    let cause = "no answer";
    try {
      const answer = await fetch(url, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body: toOtlp(serviceName, batch),
        signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
        redirect: "error",
      });
      status = answer.status;
      cause = `status ${status}`;
      // So that the connection can be used again.
      await answer.arrayBuffer();
    } catch {
      // Neither told apart nor shown: an error of `fetch` can carry the address with a key in it.
    }
    const isDelivered = status >= 200 && status < 300;
    say(isDelivered, cause);
    if (isDelivered) count("sent", batch.length);
    else if (status === 0 || PASSING.has(status)) putBack(batch);
    else count("dropped", batch.length);
    return isDelivered;
  }

  function putBack(batch: EndedSpan[]): void {
    const kept = batch.slice(0, Math.max(MAX_WAITING - waiting.length, 0));
    waiting.unshift(...kept);
    count("dropped", batch.length - kept.length);
  }

  const stopping = new AbortController();
  /** All that waits, one batch after another; ends with the first that fails. */
  async function sendAll(): Promise<void> {
    for (let more = waiting.length > 0; more; more = waiting.length > 0) {
      sending ??= send(stopping.signal).finally(() => {
        sending = undefined;
      });
      if (!(await sending)) return;
    }
  }
  const timer = setInterval(() => void sendAll(), PERIOD_MS).unref();

  return {
    add(span: EndedSpan): void {
      if (waiting.length < MAX_WAITING) waiting.push(span);
      else count("dropped", 1);
      if (waiting.length === BATCH) void sendAll();
    },
    async stop(): Promise<void> {
      clearInterval(timer);
      const enough = setTimeout(() => stopping.abort(), STOP_MS);
      await sendAll();
      clearTimeout(enough);
      count("dropped", waiting.length);
    },
  };
}
