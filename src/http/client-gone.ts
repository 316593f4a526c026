import type { FastifyReply } from "fastify";

/**
 * Called once: when the answer has been taken, or its connection is closed. An answer that waits behind another on its
 * connection is not closed with it.
 */
export function whenOver({ raw, request }: FastifyReply, listener: () => void): void {
  const { socket } = request.raw;
  if (socket.destroyed) {
    listener();
    return;
  }
  const over = () => {
    raw.off("close", over);
    socket.off("close", over);
    listener();
  };
  raw.once("close", over);
  socket.once("close", over);
}

/**
 * Called when the connection ends before the answer is written: nobody waits for what is still being done. Fastify's own
 * `request.signal` follows the request's stream, which also ends when all is well.
 */
export function whenClientGone(reply: FastifyReply, listener: () => void): void {
  whenOver(reply, () => {
    if (!reply.raw.writableFinished) listener();
  });
}
