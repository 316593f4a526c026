import type { ServerResponse } from "node:http";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { Metrics } from "../metrics";
import { addressBlockOf } from "./address-block";
import type { SOCKETS } from "./sockets";

/** Bytes. Smaller answers are not counted: on as many connections as there may be they come to as much. */
const SMALL = 16_000;

interface Unread {
  response: ServerResponse;
  owner: string;
  bytes: number;
}

const owners = new WeakMap<ServerResponse, string>();

/** Who pays if the answer to this request is not read. */
export const owesAnswer = ({ raw }: FastifyReply, owner: string): unknown => owners.set(raw, owner);

/**
 * Whoever asks for large answers and does not read them pays with the connection, not the process with its memory. An
 * answer of which nothing is taken for `unreadMs` is cut off: Node's timeout of a socket knows progress from silence, so a
 * slow but steady reader goes on. And the oldest are, of one caller or of all, where too many bytes wait.
 */
export function boundUnread(app: FastifyInstance, limits: typeof SOCKETS, { answersCut }: Metrics): void {
  /** Oldest first; bounded by their bytes. */
  const held = new Set<Unread>();

  /** Never the newest, which nobody had time to read. */
  function makeRoom(newest: Unread, max: number, answers: Unread[]): void {
    let bytes = answers.reduce((sum, answer) => sum + answer.bytes, 0);
    for (const answer of answers) {
      if (bytes <= max || answer === newest) return;
      bytes -= answer.bytes;
      held.delete(answer);
      answersCut.inc();
      answer.response.destroy();
    }
  }

  app.addHook("onSend", async (request, { raw }, payload) => {
    const bytes = typeof payload === "string" || Buffer.isBuffer(payload) ? payload.length : 0;
    if (bytes < SMALL) return;
    const owner = owners.get(raw) ?? addressBlockOf(request.ip);
    const answer = { response: raw, owner, bytes };
    held.add(answer);
    raw.once("close", () => held.delete(answer));
    // When it has been taken, Node sets the timeout of a connection that is kept.
    raw.socket?.setTimeout(limits.unreadMs);
    makeRoom(
      answer,
      limits.unreadOfOne,
      [...held].filter((other) => other.owner === owner),
    );
    makeRoom(answer, limits.unread, [...held]);
  });
}
