import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Caller } from "../caller/caller";
import { Failure, refused } from "../failure";
import type { BackgroundOf } from "../oauth/background";
import type { Consent, PendingConsent, Submission } from "../oauth/consent";
import { sayDifference } from "../oauth/explain";
import { parseQuery, queryOf, returnTargetOf } from "../oauth/parameters";
import { sendError, sendNothingTicked } from "./consent.errors";
import { consentPage } from "./consent.page";
import { sendPage } from "./page.route";
import {
  fieldOf,
  formHooks,
  isOverHttps,
  loginAddress,
  openSessionPages,
  requireSession,
  type SessionPagesOptions,
} from "./session-pages";
import { sendToLogin } from "./to-login";

export interface ConsentRouteOptions extends SessionPagesOptions {
  consent: Consent;
  backgroundOf: BackgroundOf;
}

const AUTHORIZE = "/oauth/authorize";

/** `GET /oauth/authorize` and `POST /oauth/authorize/submit`: cookies, anti-forgery and redirects around `oauth/`. */
export async function registerConsentRoutes(app: FastifyInstance, options: ConsentRouteOptions): Promise<void> {
  await app.register(async (routes) => {
    await openSessionPages(routes, options, "consent");
    routes.setErrorHandler((error, request, reply) => sendError(error, request, reply, options.loginUrl));
    // HEAD would run the handler too, and it may grant.
    routes.get(AUTHORIZE, { exposeHeadRoute: false }, (request, reply) => showConsent(request, reply, options));
    routes.post(`${AUTHORIZE}/submit`, formHooks(routes, options), (request, reply) =>
      submitForm(request, reply, options.consent),
    );
  });
}

async function showConsent(
  request: FastifyRequest,
  reply: FastifyReply,
  { consent, backgroundOf, loginUrl, publicUrl }: ConsentRouteOptions,
) {
  const { "sec-purpose": secPurpose = "", purpose = "" } = request.headers;
  if (/prefetch|prerender/.test(`${secPurpose} ${purpose}`)) {
    return reply.code(403).send("");
  }
  const switchUser = loginUrl && loginAddress(loginUrl, request.url);
  const { signedIn } = request;
  try {
    const query = new URL(request.url, "http://gateway").searchParams;
    const pending = await start(consent, signedIn, query);
    if (pending === null || !signedIn?.person) throw new Failure("UNAUTHENTICATED", "Sign in first.");
    if (pending.request.consentRequired) {
      const csrfToken = reply.generateCsrf({ userInfo: signedIn.person.sessionId });
      const { client_name: name, logo_url: logoUrl } = pending.client;
      const logoPath = reply.server.logos.pathOf({ name, logoUrl });
      const background = await backgroundOf(signedIn, pending);
      const view = { pending, csrfToken, loginUrl: switchUser, logoPath, ...background };
      return sendPage(reply, 200, consentPage(reply.server.layout, view));
    }
    return await submit(reply, consent, signedIn, { requestId: pending.request.id, decision: "ALLOW" });
  } catch (error) {
    if (error instanceof Failure && error.code === "UNAUTHENTICATED" && switchUser) {
      return sendToLogin(request, reply, { address: switchUser, isHttps: isOverHttps(publicUrl) });
    }
    throw error;
  }
}

/** `null` when somebody must sign in first. Refusals leave with a place to go only if Stytch knows that place. */
async function start(consent: Consent, caller: Caller | null, query: URLSearchParams): Promise<PendingConsent | null> {
  const differing = async (error: unknown): Promise<never> => {
    throw caller ? await sayDifference(error, caller, query) : error;
  };
  try {
    const parameters = parseQuery(query);
    return caller && (await consent.startAuthorization(caller, parameters).catch(differing));
  } catch (error) {
    if (!(error instanceof Failure) || error.problems.length === 0 || error.returnTo) throw error;
    const [first, ...rest] = error.problems;
    if (!first || error.problems.some(({ oauth }) => oauth === null)) throw error;
    if (!caller) return null;
    const target = await consent.verifyReturnTarget(caller, returnTargetOf(query)).catch(differing);
    throw refused([first, ...rest], target);
  }
}

async function submitForm(request: FastifyRequest, reply: FastifyReply, consent: Consent) {
  const caller = await requireSession(request);
  const decision = parseDecision(fieldOf(request, "decision"));
  const requestId = fieldOf(request, "request_id") ?? "";
  if (decision === "DENY") return submit(reply, consent, caller, { requestId, decision });
  const scopes = tickedScopes(request);
  if (scopes.length === 0) {
    const asked = await consent.find(caller, requestId);
    const hasChoice = asked?.scopes.some(({ grantable }) => grantable);
    if (asked && hasChoice) return sendNothingTicked(reply, `${AUTHORIZE}?${queryOf(asked.parameters)}`);
  }
  return submit(reply, consent, caller, { requestId, decision, scopes });
}

/** 303, so that the browser never posts the form on to the client (RFC 9700 4.12). */
async function submit(reply: FastifyReply, consent: Consent, caller: Caller, submission: Submission) {
  const { redirectUri } = await consent.submitConsent(caller, submission);
  return reply.redirect(redirectUri, 303);
}

function parseDecision(value: string | undefined): Submission["decision"] {
  if (value === "allow") return "ALLOW";
  if (value === "deny") return "DENY";
  throw new Failure("BAD_USER_INPUT", "The form must say allow or deny.");
}

/** Each box that was left ticked sends its scope; `consent` checks them against what was shown. */
function tickedScopes({ body }: FastifyRequest): string[] {
  const value: unknown =
    typeof body === "object" && body !== null && Object.hasOwn(body, "scope") ? Reflect.get(body, "scope") : [];
  return [value].flat().filter((scope) => typeof scope === "string");
}
