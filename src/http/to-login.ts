import type { FastifyReply, FastifyRequest } from "fastify";
import { readCookies } from "../caller/credentials";
import { messagePage } from "./page.message";
import { sendPage } from "./page.route";

/** Seconds in which who comes back with cookies that are still no good is not sent to the login page again. */
const BACK_SECONDS = 10;

export interface Login {
  /** The login page with the way back. */
  address: string;
  isHttps: boolean;
}

/**
 * Sends whoever must sign in to the login page. Most of those send a live session straight back, so that cookies which
 * are good there and not here (two different sessions, or one of them ended) would go round in a circle: the second
 * time it is said instead.
 */
export function sendToLogin(request: FastifyRequest, reply: FastifyReply, { address, isHttps }: Login) {
  const name = isHttps ? "__Host-signing-in" : "signing-in";
  const hasSession = Object.keys(readCookies(request)).length > 0;
  if (!hasSession) return reply.redirect(address, 303);
  if (request.cookies[name] === undefined) {
    reply.setCookie(name, "1", { path: "/", sameSite: "lax", httpOnly: true, secure: isHttps, maxAge: BACK_SECONDS });
    return reply.redirect(address, 303);
  }
  request.log.info({ requestId: request.id }, "A browser came back from the login page with cookies that are no good");
  const view = {
    title: "Please sign out, then sign in again",
    text: [
      "This browser holds more than one sign-in, or one that has ended, so we cannot tell who you are.",
      "Nothing was changed. If signing out is not offered to you, delete this site's cookies.",
    ],
    actions: [{ href: address, label: "Sign in again" }],
    requestId: request.id,
  };
  return sendPage(reply, 400, messagePage(reply.server.layout, view));
}
