import type { FastifyReply, FastifyRequest } from "fastify";
import { type ErrorCode, GatewayError } from "../errors";
import { answerUrl } from "../oauth/redirect";
import { AuthorizationRefused } from "../oauth/refusal";
import { type MessageView, messagePage } from "./page.message";
import { sendPage } from "./page.route";

const STATUS: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  BAD_USER_INPUT: 400,
  RATE_LIMITED: 429,
  UPSTREAM_UNAVAILABLE: 502,
  UPSTREAM_RATE_LIMITED: 503,
  UPSTREAM_TIMEOUT: 504,
};

/** Also of a missing or foreign anti-forgery token. */
const NOT_USABLE = "This form is not valid, or not for your session.";
const START_AGAIN = "Nothing was granted. Go back to the app and start again from there.";

/**
 * Every failure of the consent routes: to the client where it may know, else a page. Only kinds of errors are logged,
 * for the address holds the client's state.
 */
export function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply) {
  if (error instanceof AuthorizationRefused) return sendRefusal(error, request, reply);
  const status = error instanceof GatewayError ? (STATUS[error.code] ?? 502) : statusOf(error);
  if (status >= 500) {
    const details = error instanceof GatewayError ? error.details : { stack: error instanceof Error && error.stack };
    request.log.error({ requestId: request.id, ...details }, "An authorization request failed");
  }
  const message = error instanceof GatewayError ? error.message : NOT_USABLE;
  const view = { title: titleOf(status), text: status >= 500 ? [START_AGAIN] : [message, START_AGAIN] };
  return sendMessage(reply, status, { ...view, requestId: request.id });
}

function sendRefusal(
  { refusals: [first], returnTo }: AuthorizationRefused,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  request.log.info({ requestId: request.id, refusal: first.code, field: first.field }, "An authorization was refused");
  const { code, field, message, oauthError } = first;
  if (oauthError && returnTo) {
    return reply.redirect(answerUrl(returnTo, { error: oauthError, error_description: message }), 303);
  }
  if (code === "REQUEST_EXPIRED" || code === "CONSENT_CHANGED") {
    const title = code === "REQUEST_EXPIRED" ? "This page has expired" : "Something has changed";
    return sendMessage(reply, 400, { title, text: [message, START_AGAIN] });
  }
  if (code === "SCOPE_NOT_GRANTABLE") return sendMessage(reply, 400, { title: "You allowed nothing", text: [message] });
  const value = field?.[0] === "redirectUri" ? sentRedirectUri(request) : undefined;
  return sendMessage(reply, 400, {
    title: "This link does not work",
    text: [message, "Nothing was granted, and you were not sent on. Tell the people who make the app."],
    value,
  });
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
