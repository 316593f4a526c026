import type { FastifyReply } from "fastify";

/**
 * Aborted when the connection ends before the answer is written: nobody waits for what is still being done. Fastify's
 * own `request.signal` follows the request's stream, which also ends when all is well.
 */
export function clientGone({ raw }: FastifyReply): AbortSignal {
  const controller = new AbortController();
  raw.once("close", () => {
    if (!raw.writableFinished) controller.abort();
  });
  return controller.signal;
}
