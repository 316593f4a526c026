import { Failure } from "../failure";
import type { Answer, HttpRequest, UpstreamCall } from "./call";
import { UpstreamFault } from "./fault";

/** `sent` is told when the request has got through everything that it waits for. */
type Try = (request: HttpRequest, sent: () => void) => Promise<Answer>;

/**
 * One try of a call as a span of its request, if that is traced. The path is left out: it holds ids of Members. The
 * `traceparent` is added here, below the sharing of identical reads, because no two tries have the same.
 */
export async function traced(call: UpstreamCall, attempt: number, request: HttpRequest, ask: Try): Promise<Answer> {
  const { operation, meter } = call;
  if (!meter.span) return ask(request, () => undefined);
  const span = meter.span.child(`stytch ${operation}`, {
    "stytch.endpoint": operation,
    "stytch.attempt": attempt,
    "http.request.method": request.method,
    "server.address": new URL(request.url).hostname,
  });
  const askedAt = performance.now();
  const sent = () => span.set({ "stytch.wait_ms": Math.round(performance.now() - askedAt) });
  const answered = (status: number) => span.set({ "http.response.status_code": status });
  try {
    const headers = { ...request.headers, traceparent: span.traceparent };
    const answer = await ask({ ...request, headers }, sent);
    answered(answer.status);
    if (answer.status >= 400) span.set({ "error.type": String(answer.status) });
    return answer;
  } catch (error) {
    if (error instanceof UpstreamFault && error.details.status !== undefined) answered(error.details.status);
    span.set({ "error.type": typeOf(error) });
    throw error;
  } finally {
    span.end();
  }
}

function typeOf(error: unknown): string {
  if (error instanceof UpstreamFault) return error.reason;
  return error instanceof Failure ? error.code : "INTERNAL_SERVER_ERROR";
}
