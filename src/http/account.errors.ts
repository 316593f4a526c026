import type { FastifyReply, FastifyRequest } from "fastify";
import { Failure } from "../failure";
import type { Logger } from "../logger";
import { reportFault } from "../report";
import { messagePage } from "./page.message";
import { sendPage } from "./page.route";
import { CONNECTED_APPS, signInAction } from "./way-back";

/** Also of a missing or foreign anti-forgery token. */
const NOT_USABLE = "This form is not valid, or not for your session.";
const UNKNOWN = "The answer was lost on the way. Your connected apps show whether the app still has access.";
const NOTHING_DONE = "Nothing was removed.";

/** Every failure of the account's pages: a page that says what is still so, and the way back. */
export function sendAccountError(
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  loginUrl: string | undefined,
) {
  const status = error instanceof Failure ? error.status : statusOf(error);
  if (error instanceof Failure || status >= 500) {
    const kind = error instanceof Failure ? { code: error.code, ...error.details } : {};
    request.log.info({ requestId: request.id, status, ...kind }, "A request for the account's pages failed");
    reportFault(request.log as Logger, { requestId: request.id }, error);
  }
  const view = { ...viewOf(error, status), requestId: request.id };
  const again = request.method === "GET" ? { href: request.url, label: "Try again" } : CONNECTED_APPS;
  const actions = [status === 401 ? signInAction(loginUrl) : again];
  return sendPage(reply, status, messagePage(reply.server.layout, { ...view, actions }));
}

function viewOf(error: unknown, status: number): { title: string; text: string[] } {
  if (error instanceof Failure && error.isOutcomeUnknown) {
    return { title: "We do not know whether this worked", text: [UNKNOWN] };
  }
  if (status === 401) return { title: "You are signed out", text: [NOTHING_DONE] };
  if (status === 504) return { title: "This is taking too long", text: [NOTHING_DONE] };
  if (status >= 500) return { title: "This does not work right now", text: [NOTHING_DONE] };
  const message = error instanceof Failure ? error.message : NOT_USABLE;
  return { title: "This was not accepted", text: [message, NOTHING_DONE] };
}

const statusOf = (error: unknown): number =>
  error instanceof Error && "statusCode" in error && typeof error.statusCode === "number" ? error.statusCode : 500;
