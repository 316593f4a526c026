import { hkdfSync } from "node:crypto";
import csrf from "@fastify/csrf-protection";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Caller } from "../caller/caller";
import { readCookies } from "../caller/credentials";
import type { Identify, RequestParts } from "../caller/identify";
import { Failure } from "../failure";
import { countCalls, partsOf, type RateLimiter } from "./rate-limit";

export interface SessionPagesOptions {
  identify: Identify;
  limit: RateLimiter;
  loginUrl: string | undefined;
  publicUrl: string | undefined;
  /** The Stytch secret, which all replicas share: the key of the anti-forgery tokens is derived from it. */
  secret: string;
}

declare module "fastify" {
  interface FastifyRequest {
    /** Set by the pages for Members only. */
    signedIn: Caller | null;
  }
}

/** Pages for whoever is signed in by a cookie. `name` keeps one group's anti-forgery tokens from being another's. */
export async function openSessionPages(
  routes: FastifyInstance,
  { identify, limit, publicUrl, secret }: SessionPagesOptions,
  name: "consent" | "account",
): Promise<void> {
  const isHttps = isOverHttps(publicUrl);
  routes.decorateRequest("signedIn", null);
  await routes.register(csrf, {
    cookieKey: isHttps ? `__Host-${name}-csrf` : `${name}-csrf`,
    cookieOpts: { path: "/", sameSite: "lax", httpOnly: true, secure: isHttps },
    csrfOpts: { hmacKey: Buffer.from(hkdfSync("sha256", secret, "", `${name} csrf`, 32)).toString("base64") },
    // A token is good for the session it was made for only.
    getUserInfo: ({ signedIn }) => signedIn?.person?.sessionId ?? "",
    getToken: (request) => fieldOf(request, "_csrf") ?? "",
    logLevel: "info",
  });
  // Not earlier: a process that is behind refuses before anybody is asked who calls.
  routes.addHook("preParsing", async (request, reply) => {
    reply.headers(routes.layout.headers);
    request.signedIn = await signIn(request, identify, partsOf(request, reply, limit));
    if (request.signedIn) countCalls(limit, request.signedIn, reply);
  });
}

export const isOverHttps = (publicUrl: string | undefined): boolean => publicUrl?.startsWith("https:") ?? false;

/** What a form of ours must pass: from our own page, by somebody signed in, with the token of that session. */
export const formHooks = (routes: FastifyInstance, { publicUrl }: SessionPagesOptions) => ({
  onRequest: async (request: FastifyRequest) => checkOrigin(request, publicUrl),
  preHandler: [
    requireSession,
    (request: FastifyRequest, reply: FastifyReply, done: () => void) => routes.csrfProtection(request, reply, done),
  ],
});

export async function requireSession({ signedIn }: FastifyRequest): Promise<Caller> {
  if (!signedIn) throw new Failure("UNAUTHENTICATED", "You are signed out.");
  return signedIn;
}

/** By cookie alone: a page is nothing for services, and a credential that is no good means signing in again. */
async function signIn(request: FastifyRequest, identify: Identify, parts: RequestParts): Promise<Caller | null> {
  try {
    const caller = await identify(readCookies(request), parts);
    return caller.person && caller;
  } catch (error) {
    if (error instanceof Failure && ["UNAUTHENTICATED", "BAD_USER_INPUT"].includes(error.code)) return null;
    throw error;
  }
}

/**
 * A second net under the anti-forgery token. Our own form is posted with `Origin: null`, because of `no-referrer`, so
 * that value proves nothing; `Sec-Fetch-Site` does.
 */
function checkOrigin({ headers, protocol, host }: FastifyRequest, publicUrl: string | undefined): void {
  const { origin = "null", "sec-fetch-site": site = "same-origin" } = headers;
  const own = publicUrl ?? `${protocol}://${host}`;
  if ((origin === "null" || origin === own) && site === "same-origin") return;
  throw new Failure("FORBIDDEN", "This form was sent from another site.");
}

/** A field that was sent exactly once, as text. */
export function fieldOf({ body }: FastifyRequest, name: string): string | undefined {
  const value: unknown =
    typeof body === "object" && body !== null && Object.hasOwn(body, name) ? Reflect.get(body, name) : undefined;
  return typeof value === "string" ? value : undefined;
}

export function loginAddress(loginUrl: string, returnTo: string): string {
  const url = new URL(loginUrl);
  url.searchParams.set("return_to", returnTo);
  return url.href;
}
