import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";

/** What a benchmark server was started with, as JSON on its command line. */
export const readOptions = <T>(): T => JSON.parse(process.argv[2] ?? "{}");

/** Tells the parent that this server is ready, and answers its questions from then on. */
export function report(
  url: string,
  questions: Record<string, (value: unknown) => unknown> = {},
  facts: object = {},
): void {
  const all: typeof questions = { cpu: cpuMs, ...questions };
  process.on("message", ({ question, value }: { question: string; value: unknown }) => {
    process.send?.({ answer: all[question]?.(value) ?? null });
  });
  process.on("disconnect", () => process.exit(0));
  process.send?.({ url, ...facts });
}

export const listen = (listener: RequestListener): Promise<string> =>
  new Promise((resolve) => {
    const server = createServer(listener);
    server.listen(0, "127.0.0.1", () => {
      resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    });
  });

export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** CPU time of this process so far. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Bytes that stay after a collection. Needs `--expose-gc`. */
export function memory(): { heapMb: number; rssMb: number } {
  globalThis.gc?.();
  const { heapUsed, rss } = process.memoryUsage();
  return { heapMb: Math.round(heapUsed / 2 ** 20), rssMb: Math.round(rss / 2 ** 20) };
}
