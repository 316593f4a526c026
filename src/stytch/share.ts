import type { Metrics } from "../metrics";
import type { Answer, HttpRequest, UpstreamCall } from "./call";
import { UpstreamFault } from "./fault";

/**
 * Gives identical reads in flight one answer: same method, address, headers (thus the same session) and body. Saves
 * scarce searches where a service asks with one token. Nothing is shared with a read that has ended.
 */
export function createShare(metrics: Metrics) {
  const inFlight = new Map<string, Promise<Answer>>();

  return async function shared(call: UpstreamCall, request: HttpRequest, ask: () => Promise<Answer>): Promise<Answer> {
    if (call.kind === "write") {
      try {
        return await ask();
      } finally {
        // A read that starts after a write must not be given the answer of one that started before it.
        inFlight.clear();
      }
    }
    if (call.unshared) return ask();
    const key = `${request.method} ${request.url}\n${JSON.stringify(request.headers)}\n${request.body ?? ""}`;
    for (;;) {
      const other = inFlight.get(key);
      if (!other) break;
      try {
        const answer = await other;
        call.meter.coalesced += 1;
        metrics.coalesced.inc();
        return answer;
      } catch (error) {
        // The one that asked has gone; we have not.
        const isAbandoned = error instanceof UpstreamFault && error.reason === "abandoned";
        if (!isAbandoned || call.meter.aborted) throw error;
      }
    }
    const answer = ask().finally(() => {
      if (inFlight.get(key) === answer) inFlight.delete(key);
    });
    inFlight.set(key, answer);
    return answer;
  };
}
