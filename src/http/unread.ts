import type { Socket } from "node:net";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { Caller } from "../caller/caller";
import type { Metrics } from "../metrics";
import { addressBlockOf } from "./address-block";
import { whenOver } from "./client-gone";
import type { SOCKETS } from "./sockets";

/** Bytes. Smaller answers are not counted: on as many connections as there may be they come to as much. */
const SMALL = 16_000;

interface Unread {
  socket: Socket;
  owner: string;
  bytes: number;
}

declare module "fastify" {
  interface FastifyReply {
    /** Who pays if the answer is not read. Without: the address. */
    owedBy: Caller | null;
  }
}

/** A Member, whatever its session, or a service; else an address. */
const ownerOf = ({ owedBy, request }: FastifyReply): string => owedBy?.name ?? addressBlockOf(request.ip);

/**
 * Whoever asks for large answers and does not read them pays with the connection, not the process with its memory. An
 * answer of which nothing is taken for `unreadMs` is cut off: Node's timeout of a socket knows progress from silence, so a
 * slow but steady reader goes on. Where too many bytes wait, the oldest go: of this caller, or of the one that owes most.
 */
export function boundUnread(app: FastifyInstance, limits: typeof SOCKETS, { answersCut }: Metrics): void {
  /** Oldest first; bounded by their bytes. */
  const held = new Set<Unread>();

  /** What has to go before `newest` may wait, which nobody had time to read. */
  function oldestTooMany(newest: Unread): Unread | undefined {
    const others = [...held].filter((answer) => answer !== newest);
    const owed = new Map<string, number>();
    for (const { owner, bytes } of others) owed.set(owner, (owed.get(owner) ?? 0) + bytes);
    const oldestOf = (owner: string | undefined) => others.find((answer) => answer.owner === owner);
    if ((owed.get(newest.owner) ?? 0) + newest.bytes > limits.unreadOfOne) return oldestOf(newest.owner);
    const all = others.reduce((sum, { bytes }) => sum + bytes, newest.bytes);
    if (all <= limits.unread) return undefined;
    const [most] = [...owed].sort(([, a], [, b]) => b - a);
    return oldestOf(most?.[0]);
  }

  function hold(reply: FastifyReply, socket: Socket, bytes: number): void {
    const newest = { socket, owner: ownerOf(reply), bytes };
    held.add(newest);
    whenOver(reply, () => held.delete(newest));
    // When it has been taken, Node sets the timeout of a connection that is kept.
    socket.setTimeout(limits.unreadMs);
    for (let oldest = oldestTooMany(newest); oldest; oldest = oldestTooMany(newest)) {
      held.delete(oldest);
      answersCut.inc();
      oldest.socket.destroy();
    }
  }

  app.decorateReply("owedBy", null);
  app.addHook("onSend", (request, reply, payload, done) => {
    const bytes = typeof payload === "string" || Buffer.isBuffer(payload) ? payload.length : 0;
    // The connection's, not the answer's: one that waits behind another has none yet.
    const { socket } = request.raw;
    if (bytes >= SMALL && !socket.destroyed) hold(reply, socket, bytes);
    done(null, payload);
  });
}
