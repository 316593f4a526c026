import { Dispatcher } from "undici";
import type { HttpRequest } from "./call";

/** Carries the SDK's one HTTP request and answers the JSON of a good answer. Whatever it throws reaches the caller. */
export type Carry = (request: HttpRequest) => Promise<unknown>;

/** The SDK passes it through to `fetch`, which marks the SDK's calls. Used as a dispatcher, it refuses. */
class Mark extends Dispatcher {
  override dispatch(): never {
    throw new Error("The stytch SDK sends its requests past the gateway's limits. Nothing was sent.");
  }
}

export interface SdkFetch {
  /** For the SDK's option of that name. */
  dispatcher: Dispatcher;
  /** Runs one SDK method; its request goes through `carry`. */
  run<T>(method: () => Promise<T>, carry: Carry): Promise<T>;
  /** Makes a call that is never sent. @throws Error when it does not come here at once: it would lose its context */
  check(method: () => Promise<unknown>): void;
  close(): void;
}

/**
 * The SDK's only seam is the global `fetch`, whose way costs Q1 of the benchmark half of its throughput
 * (docs/decisions/sdk-transport.md), so its calls are answered here; every other `fetch` of the process is left alone.
 * Two marks must agree: the dispatcher, and `run`. The SDK calls `fetch` before its first await, so a variable is enough
 * for the second. A call that lacks either is refused: it would have no deadline and no limit.
 */
export function installSdkFetch(): SdkFetch {
  const before = globalThis.fetch;
  const dispatcher = new Mark();
  let current: Carry | undefined;
  const replacement: typeof fetch = (input, init) => {
    const mark: unknown = init?.dispatcher;
    const isMarked = mark === dispatcher;
    if (!isMarked && !current) return before(input, init);
    if (!isMarked || !current) throw new Error("A call of the stytch SDK has lost its mark. Nothing was sent.");
    const { method = "GET", headers = {}, body } = init ?? {};
    const request = {
      url: String(input),
      method,
      headers: headers as Record<string, string>,
      body: typeof body === "string" ? body : null,
    };
    // The SDK reads `status` and `json()` and nothing else.
    return current(request).then((answer) => ({ status: 200, json: async () => answer }) as Response);
  };
  globalThis.fetch = replacement;
  const seam: SdkFetch = {
    dispatcher,
    async run(method, carry) {
      // The SDK drops the cause of an error and the headers of an answer, so what was thrown goes around it.
      let thrown: unknown;
      current = (request) =>
        carry(request).catch((error: unknown) => {
          thrown = error;
          throw error;
        });
      let result: ReturnType<typeof method>;
      try {
        result = method();
      } finally {
        current = undefined;
      }
      return result.catch((error: unknown) => {
        throw thrown ?? error;
      });
    },
    check(method) {
      let isHere = false;
      const carry = async () => {
        isHere = true;
        return {};
      };
      seam.run(method, carry).catch(() => undefined);
      if (!isHere) throw new Error("This version of the stytch SDK sends its requests past the gateway's limits.");
    },
    close() {
      if (globalThis.fetch === replacement) globalThis.fetch = before;
    },
  };
  return seam;
}
