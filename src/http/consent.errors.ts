import type { FastifyReply, FastifyRequest } from "fastify";
import { Failure, type Problem } from "../failure";
import type { Logger } from "../logger";
import { answerUrl } from "../oauth/redirect";
import { reportFault } from "../report";
import { type MessageView, messagePage } from "./page.message";
import { sendPage } from "./page.route";
import { CONNECTED_APPS, signInAction } from "./way-back";

/** Also of a missing or foreign anti-forgery token. */
const NOT_USABLE = "This form is not valid, or not for your session.";
const UNKNOWN = [
  "No answer came back that we can use. The app may have got access, or not: your connected apps show it.",
  "If it is missing there, go back to the app and start again. Allowing it twice does no harm.",
];
/** A form that is sent a second time comes after a grant: its failure takes nothing back. */
const startAgain = ({ method }: FastifyRequest) =>
  `Nothing ${method === "POST" ? "more " : ""}was granted. Go back to the app and start again from there.`;
const EXPIRED = "It was used already, is more than 10 minutes old, or belongs to another sign-in.";
const CHANGED = "What we must ask you has changed since the page was shown.";

/**
 * Every failure of the consent routes: to the client where it may know, else a page. Only kinds of errors are logged,
 * for the address holds the client's state.
 */
export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply, loginUrl: string | undefined) {
  if (error instanceof Failure && error.problems.length > 0) return sendRefusal(error, request, reply);
  const status = error instanceof Failure ? error.status : statusOf(error);
  if (error instanceof Failure || status >= 500) {
    const kind = error instanceof Failure ? { code: error.code, ...error.details } : {};
    request.log.info({ requestId: request.id, status, ...kind }, "An authorization request failed");
    reportFault(request.log as Logger, { requestId: request.id }, error);
  }
  // The answer to the grant was lost: it would be wrong to say that nothing was granted.
  if (error instanceof Failure && error.isOutcomeUnknown) {
    return sendMessage(reply, status, {
      title: "We do not know whether this worked",
      text: UNKNOWN,
      actions: [CONNECTED_APPS],
      requestId: request.id,
    });
  }
  const message = error instanceof Failure ? error.message : NOT_USABLE;
  const text = status >= 500 || status === 401 ? [startAgain(request)] : [message, startAgain(request)];
  const isWorthAnotherTry = request.method === "GET" && (status >= 500 || status === 429);
  const action = isWorthAnotherTry
    ? { href: request.url, label: "Try again" }
    : status === 401
      ? signInAction(loginUrl)
      : CONNECTED_APPS;
  return sendMessage(reply, status, { title: titleOf(status), text, actions: [action], requestId: request.id });
}

function sendRefusal({ problems, returnTo }: Failure, request: FastifyRequest, reply: FastifyReply) {
  const [first] = problems;
  if (!first) throw new Error("A refusal without a reason.");
  request.log.info({ requestId: request.id, refusal: first.code, field: first.field }, "An authorization was refused");
  const { code, field, message, oauth } = first;
  if (oauth && returnTo) {
    return reply.redirect(answerUrl(returnTo, { error: oauth, error_description: message }), 303);
  }
  if (code === "REQUEST_EXPIRED" || code === "CONSENT_CHANGED") {
    const [title, why] =
      code === "REQUEST_EXPIRED" ? ["This page has expired", EXPIRED] : ["Something has changed", CHANGED];
    return sendMessage(reply, 400, { title, text: [why, startAgain(request)], actions: [CONNECTED_APPS] });
  }
  const value = field?.[0] === "redirectUri" ? sentRedirectUri(request) : undefined;
  return sendMessage(reply, 400, {
    title: "This link does not work",
    text: [reasonsOf(problems), "Nothing was granted, and you were not redirected. Tell the people who make the app."],
    value,
    actions: [CONNECTED_APPS],
  });
}

/** Nobody is sent back to the app for having left every box empty: the question is still open, at this address. */
export const sendNothingTicked = (reply: FastifyReply, address: string) =>
  sendMessage(reply, 400, {
    title: "Nothing was selected",
    text: ["Tick at least one box, or choose Deny."],
    actions: [{ href: address, label: "Choose again" }],
  });

/** Everything at once where it was left out: whoever makes the app mends it in one go. */
function reasonsOf(problems: readonly Problem[]): string {
  const messages = problems.filter(({ oauth }) => oauth === null).map(({ message }) => message);
  return messages.join(" ") || String(problems[0]?.message);
}

const sendMessage = (reply: FastifyReply, status: number, view: MessageView) =>
  sendPage(reply, status, messagePage(reply.server.layout, view));

const statusOf = (error: unknown): number =>
  error instanceof Error && "statusCode" in error && typeof error.statusCode === "number" ? error.statusCode : 500;

function titleOf(status: number): string {
  if (status === 401) return "You are signed out";
  if (status === 504) return "This is taking too long";
  return status >= 500 ? "This does not work right now" : "This was not accepted";
}

const sentRedirectUri = ({ url }: FastifyRequest) =>
  new URL(url, "http://gateway").searchParams.getAll("redirect_uri").join(" and ");
