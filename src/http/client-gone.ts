import type { FastifyReply } from "fastify";

/**
 * Called when the connection ends before the answer is written: nobody waits for what is still being done. Fastify's own
 * `request.signal` follows the request's stream, which also ends when all is well.
 */
export function whenClientGone({ raw }: FastifyReply, listener: () => void): void {
  raw.once("close", () => {
    if (!raw.writableFinished) listener();
  });
}
