import type { Server } from "node:http";
import type { Metrics } from "../metrics";

/** Deadlines and numbers of connections. Whoever is slow pays with the connection, not the process with its memory. */
export const SOCKETS = {
  /** Milliseconds for all headers of a request, from its first byte or, before there is one, from the connection. */
  headersMs: 10_000,
  /** Milliseconds for a whole request with its body: 100 kB at 53 kbit/s. */
  requestMs: 15_000,
  /** Milliseconds that a connection may be kept without a request; more than the 60 s of common load balancers. */
  idleMs: 72_000,
  /** Milliseconds without a byte in either direction, also while an answer is made or not being read. */
  silenceMs: 180_000,
  /** How often the first two are looked at. */
  checkMs: 1000,
  /** Open at the same time, about 20 kB each. */
  max: 4096,
};

/** Share of `max` from which on idle connections are closed to make room. */
const CROWDED = 0.8;

/** Beyond `max` new connections are dropped; before that, those that wait for nothing are closed. */
export function boundSockets(server: Server, max: number, { sockets, socketsDropped }: Metrics): void {
  server.maxConnections = max;
  let open = 0;
  server.on("connection", (socket) => {
    open += 1;
    sockets.set(open);
    if (open > CROWDED * max) server.closeIdleConnections();
    socket.once("close", () => {
      open -= 1;
      sockets.set(open);
    });
  });
  server.on("drop", () => socketsDropped.inc());
}
