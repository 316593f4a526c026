import { type Dispatcher, util } from "undici";
import type { Answer, HttpRequest } from "./call";
import { connectionFault, parseRetryAfter, UpstreamFault } from "./fault";

/** Bytes of one answer; an honest one is a page of 1,000 records at most. */
const MAX_BYTES = 32 * 2 ** 20;

/**
 * One HTTP request and its whole answer before `endsAt`, on undici's lowest interface: `undici.request` makes a stream
 * and an abort signal for each answer, and a call to Stytch needs neither. @throws UpstreamFault
 */
export function exchange(dispatcher: Dispatcher, request: HttpRequest, endsAt: number): Promise<Answer> {
  const { origin, pathname, search } = new URL(request.url);
  const { method, headers, body } = request;
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let status = 0;
    let retryAfter: string | undefined;
    let late: UpstreamFault | undefined;
    let abort: ((error: Error) => void) | undefined;
    const timer = setTimeout(() => {
      const sent = abort !== undefined;
      late = new UpstreamFault("late", { sent, cause: sent ? "no answer in time" : "no connection in time" });
      reject(late);
      abort?.(late);
    }, endsAt - performance.now());

    dispatcher.dispatch(
      { origin, path: pathname + search, method: method as Dispatcher.HttpMethod, headers, body },
      {
        onConnect(abortRequest) {
          abort = abortRequest;
          // Connected after the deadline.
          if (late) abortRequest(late);
        },
        onHeaders(statusCode, rawHeaders) {
          status = statusCode;
          if (statusCode >= 400) retryAfter = [util.parseHeaders(rawHeaders)["retry-after"]].flat()[0];
          return true;
        },
        onData(chunk) {
          bytes += chunk.length;
          if (bytes > MAX_BYTES) abort?.(new UpstreamFault("broken", { sent: true, cause: "too large", status }));
          else chunks.push(chunk);
          return true;
        },
        onComplete() {
          clearTimeout(timer);
          const retryAfterSeconds = parseRetryAfter(retryAfter);
          resolve({
            status,
            body: parseJson(Buffer.concat(chunks).toString("utf8")),
            ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
          });
        },
        onError(error) {
          clearTimeout(timer);
          reject(error instanceof UpstreamFault ? error : connectionFault(error, abort !== undefined));
        },
      },
    );
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
