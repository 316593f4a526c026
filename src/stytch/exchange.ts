import { type Dispatcher, util } from "undici";

interface ExchangeAnswer {
  status: number;
  retryAfter: string | undefined;
  text: string;
}

/** The deadline passed before the whole answer was there. */
export class DeadlinePassed extends Error {
  /** Whether a connection had taken the request. */
  constructor(readonly sent: boolean) {
    super("The deadline passed.");
  }
}

/**
 * One HTTP request and its whole answer, on undici's lowest interface: `undici.request` makes a stream and an abort
 * signal for each answer, and a call of Stytch needs neither. @throws DeadlinePassed, or what undici reports
 */
export function exchange(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions,
  timeoutMs: number,
): Promise<ExchangeAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let status = 0;
    let retryAfter: string | undefined;
    let late: DeadlinePassed | undefined;
    let abort: ((error: Error) => void) | undefined;
    const timer = setTimeout(() => {
      late = new DeadlinePassed(abort !== undefined);
      reject(late);
      abort?.(late);
    }, timeoutMs);

    dispatcher.dispatch(request, {
      onConnect(abortRequest) {
        abort = abortRequest;
        // No connection came free before the deadline.
        if (late) abortRequest(late);
      },
      onHeaders(statusCode, headers) {
        status = statusCode;
        if (statusCode >= 400) retryAfter = [util.parseHeaders(headers)["retry-after"]].flat()[0];
        return true;
      },
      onData(chunk) {
        chunks.push(chunk);
        return true;
      },
      onComplete() {
        clearTimeout(timer);
        resolve({ status, retryAfter, text: Buffer.concat(chunks).toString("utf8") });
      },
      onError(error) {
        clearTimeout(timer);
        reject(error);
      },
    });
  });
}
