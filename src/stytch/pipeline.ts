import { Agent } from "undici";
import type { Logger } from "../logger";
import type { Metrics } from "../metrics";
import { createBreakers } from "./breaker";
import type { Answer, HttpRequest, UpstreamCall } from "./call";
import { exchange } from "./exchange";
import { faultIn, UpstreamFault } from "./fault";
import { createRetry } from "./retry";
import type { SearchRation } from "./searches";
import { createShare } from "./share";
import { Slots } from "./slots";
import { traced } from "./traced";

export interface PipelineOptions {
  /** Bounds the whole call: waiting, every try and the pauses between them. The SDK's own `timeout` has no effect. */
  timeoutMs: number;
  /** Calls at the same time; four times as many wait, more are refused at once. */
  maxConcurrency: number;
  /** Share identical reads in flight. Off only in benchmarks. */
  coalesce: boolean;
  rationed: SearchRation;
  logger: Logger;
  metrics: Metrics;
}

export interface Pipeline {
  /** Stytch's answer, be it a refusal. @throws UpstreamFault when there is none */
  carry(call: UpstreamCall, request: HttpRequest): Promise<Answer>;
  close(): Promise<void>;
}

/**
 * What a call to Stytch goes through, outermost first: share, budget, retry, trace, breaker, ration of
 * searches, slots, deadline, connection.
 */
export function createPipeline(options: PipelineOptions): Pipeline {
  const { timeoutMs, maxConcurrency, coalesce, rationed, logger, metrics } = options;
  // `slots` bounds the connections. The deadline of each call stands in for undici's own timers, which are coarse.
  const agent = new Agent({ keepAliveTimeout: 30_000, headersTimeout: 0, bodyTimeout: 0 });
  const shared = createShare(metrics);
  const retried = createRetry(metrics);
  const guarded = createBreakers({ logger, metrics });
  const slots = new Slots(maxConcurrency);

  /** One try, measured. A fault is logged once, here, with its cause: the SDK would drop it. */
  async function send({ operation }: UpstreamCall, request: HttpRequest, endsAt: number): Promise<Answer> {
    const stop = metrics.upstreamSeconds.startTimer({ endpoint: operation });
    let status = "none";
    try {
      const answer = await exchange(agent, request, endsAt);
      status = String(answer.status);
      const fault = faultIn(answer);
      if (fault) throw fault;
      return answer;
    } catch (error) {
      if (error instanceof UpstreamFault) logFault(operation, request, error);
      throw error;
    } finally {
      stop();
      metrics.upstreamRequests.inc({ endpoint: operation, status });
    }
  }

  function logFault(operation: string, { url }: HttpRequest, { reason, details }: UpstreamFault): void {
    const { cause, errorCode, status } = details;
    logger.warn({ operation, host: new URL(url).host, reason, cause, errorCode, status }, "Stytch call failed");
  }

  async function ask(call: UpstreamCall, request: HttpRequest): Promise<Answer> {
    const endsAt = performance.now() + timeoutMs;
    const { meter } = call;
    try {
      return await retried(call, endsAt, (attempt) => {
        // Whoever has a slot at once is sent at once, and whoever waits for one is told of an abort.
        if (meter.aborted) throw new UpstreamFault("abandoned", { sent: false, cause: "client gone" });
        return traced(call, attempt, request, (marked, sent) => {
          const start = () => {
            sent();
            return send(call, marked, endsAt);
          };
          return guarded(call, () => rationed(call, () => slots.run(meter, endsAt, start)));
        });
      });
    } catch (error) {
      // Stytch's own words, where it had any, say more than ours.
      if (error instanceof UpstreamFault && error.details.answer) return error.details.answer;
      throw error;
    }
  }

  return {
    async carry(call, request) {
      const spend = () => {
        call.meter.spend();
        return ask(call, request);
      };
      return coalesce ? shared(call, request, spend) : spend();
    },
    close: () => agent.close(),
  };
}
