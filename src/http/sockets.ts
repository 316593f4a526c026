import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { Metrics } from "../metrics";

/** Deadlines and numbers of connections. Whoever is slow pays with the connection, not the process with its memory. */
export const SOCKETS = {
  /** Milliseconds for all headers of a request, from its first byte or, before there is one, from the connection. */
  headersMs: 10_000,
  /** Milliseconds for a whole request with its body: 100 kB at 53 kbit/s. */
  requestMs: 15_000,
  /** Milliseconds that a connection may be kept without a request; more than the 60 s of common load balancers. */
  idleMs: 72_000,
  /** Milliseconds without a byte in either direction, also while an answer is made. */
  silenceMs: 180_000,
  /** Milliseconds in which nothing is taken of an answer that is being sent. */
  unreadMs: 15_000,
  /** Bytes of answers that are made and not yet taken: of one caller, and of all. The largest answer has some 8 MB. */
  unreadOfOne: 32_000_000,
  unread: 64_000_000,
  /** How often the first two are looked at. */
  checkMs: 1000,
  /** Open at the same time, about 20 kB each. */
  max: 4096,
};

/** Requests that a connection may send before it has its first answer. Clients and proxies of today send one. */
const MAX_PIPELINED = 4;

/** Share of `max` from which on idle connections are closed to make room. */
const CROWDED = 0.8;

/**
 * Beyond `max` new connections are dropped; before that, those that were answered and wait for nothing are closed. Not by
 * `closeIdleConnections`: from Node 26 on it takes newcomers as well, which have not asked yet.
 */
export function boundSockets(server: Server, max: number, { sockets, socketsDropped }: Metrics): void {
  server.maxConnections = max;
  let open = 0;
  /** Answers that a connection waits for. It stands here from its first request until it closes. */
  const owed = new Map<Socket, number>();
  server.on("request", ({ socket }, response) => {
    const waiting = (owed.get(socket) ?? 0) + 1;
    owed.set(socket, waiting);
    if (waiting > MAX_PIPELINED) socket.destroy();
    response.once("close", () => {
      const answers = owed.get(socket);
      if (answers !== undefined) owed.set(socket, answers - 1);
    });
  });
  server.on("connection", (socket) => {
    open += 1;
    // A handful for each request that is on its way.
    socket.setMaxListeners(64);
    sockets.set(open);
    if (open > CROWDED * max) for (const [kept, answers] of owed) if (answers === 0) kept.destroy();
    socket.once("close", () => {
      open -= 1;
      sockets.set(open);
      owed.delete(socket);
    });
  });
  server.on("drop", () => socketsDropped.inc());
}
