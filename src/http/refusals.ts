import type { FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from "fastify";
import { Failure } from "../failure";
import type { Logger } from "../logger";
import { reportFault } from "../report";
import { messagePage } from "./page.message";
import { sendPage } from "./page.route";
import { CONNECTED_APPS } from "./way-back";

/** An answer outside GraphQL and the pages: what is refused before any route, or by none. */
interface Refusal {
  status: number;
  code: string;
  message: string;
}

const METHODS: HTTPMethods[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

const OR = new Intl.ListFormat("en-GB", { type: "disjunction" });

/** Unknown paths, wrong methods, bodies that are none, and everything that nobody caught: JSON, or a page for people. */
export function answerRefusals(app: FastifyInstance): void {
  app.setNotFoundHandler(async (request, reply) => {
    const [path = ""] = request.url.split("?");
    const allowed = METHODS.filter((method) => app.hasRoute({ method, url: path }));
    if (allowed.length === 0) {
      return refuse(request, reply, { status: 404, code: "NOT_FOUND", message: "There is nothing at this address." });
    }
    // RFC 9110 15.5.6: a 405 says what is allowed.
    reply.header("allow", allowed.join(", "));
    const message = `${request.method} is not possible here. Use ${OR.format(allowed)}.`;
    return refuse(request, reply, { status: 405, code: "METHOD_NOT_ALLOWED", message });
  });
  app.setErrorHandler(async (error: { statusCode?: number; message: string }, request, reply) => {
    if (error instanceof Failure) return refuse(request, reply, error);
    const status = error.statusCode ?? 500;
    if (status < 500) return refuse(request, reply, { status, code: "BAD_REQUEST", message: error.message });
    reportFault(request.log as Logger, { requestId: request.id }, error);
    return refuse(request, reply, new Failure("INTERNAL_SERVER_ERROR"));
  });
}

/** An address that the router cannot read, such as `/%E0%A4%A`. Its words are not repeated. */
export function refuseAddress(error: { statusCode?: number }, request: FastifyRequest, reply: FastifyReply) {
  const message = "This address cannot be read.";
  return refuse(request, reply, { status: error.statusCode ?? 400, code: "BAD_REQUEST", message });
}

function refuse(request: FastifyRequest, reply: FastifyReply, { status, code, message }: Refusal) {
  if (isForPeople(request)) {
    const text = status === 405 ? "It takes what another page sends." : message;
    const isWorthAnotherTry = request.method === "GET" && status >= 500 && !request.is404;
    const actions = [isWorthAnotherTry ? { href: request.url, label: "Try again" } : CONNECTED_APPS];
    const view = { title: TITLES[status] ?? "This did not work", text: [text], actions, requestId: request.id };
    return sendPage(reply, status, messagePage(request.server.layout, view));
  }
  return reply.code(status).send({ errors: [{ message, extensions: { code, requestId: request.id } }] });
}

export const CANNOT_BE_OPENED = "This page can’t be opened directly";

const TITLES: Record<number, string> = {
  404: "Page not found",
  405: CANNOT_BE_OPENED,
  503: "Too busy right now",
};

/** A browser that goes to an address puts HTML first; scripts and tools do not ask for it. */
export const isForPeople = ({ headers }: FastifyRequest): boolean => /^\s*text\/html\b/i.test(headers.accept ?? "");
