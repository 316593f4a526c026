import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { Failure } from "../failure";
import type { Account, ConnectedApp } from "../oauth/account";
import { sendAccountError } from "./account.errors";
import {
  ACCOUNT_APPS_PATH,
  type AccountApp,
  accountPage,
  TAKE_BACK_PATH,
  TAKE_BACK_SUBMIT_PATH,
  takeBackPage,
  takenBackPage,
} from "./account.page";
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

export interface AccountRouteOptions extends SessionPagesOptions {
  account: Account;
  clock: () => Date;
}

/** GET: `app`, `until` and our signature over both. */
const TAKEN_BACK_PATH = "/account/apps/taken-back";

/** `/account/apps`: what a signed-in Member has connected, and the way to take it back. */
export async function registerAccountRoutes(app: FastifyInstance, options: AccountRouteOptions): Promise<void> {
  const { account, clock, loginUrl, secret } = options;
  const notices = createNotices(secret);

  /** A page for whoever is signed in; everybody else signs in first and comes back. */
  const page =
    (show: (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>) =>
    async (request: FastifyRequest, reply: FastifyReply) => {
      try {
        return await show(request, reply);
      } catch (error) {
        const isSignedOut = error instanceof Failure && error.code === "UNAUTHENTICATED";
        if (!isSignedOut || !loginUrl) throw error;
        const address = loginAddress(loginUrl, request.url);
        return sendToLogin(request, reply, { address, isHttps: isOverHttps(options.publicUrl) });
      }
    };

  async function showApps(request: FastifyRequest, reply: FastifyReply) {
    const caller = await requireSession(request);
    const [{ member, organization }, apps] = await Promise.all([account.self(caller), account.apps(caller)]);
    const view = {
      apps: apps.map((connected) => toView(reply, connected)),
      member: { name: member.name, emailAddress: member.email_address },
      organizationName: organization.organization_name,
      loginUrl: loginUrl && loginAddress(loginUrl, ACCOUNT_APPS_PATH),
    };
    return sendPage(reply, 200, accountPage(reply.server.layout, view));
  }

  async function askAgain(request: FastifyRequest, reply: FastifyReply) {
    const caller = await requireSession(request);
    const connected = (await account.apps(caller)).find(({ id }) => id === queryOf(request).get("app"));
    if (!connected) return reply.redirect(ACCOUNT_APPS_PATH, 303);
    const csrfToken = reply.generateCsrf({ userInfo: caller.person?.sessionId ?? "" });
    return sendPage(reply, 200, takeBackPage(reply.server.layout, { app: toView(reply, connected), csrfToken }));
  }

  /** 303, so that going back or reloading posts nothing again. */
  async function takeBack(request: FastifyRequest, reply: FastifyReply) {
    const caller = await requireSession(request);
    const appId = fieldOf(request, "app") ?? "";
    if (!(await account.takeBack(caller, appId))) return reply.redirect(ACCOUNT_APPS_PATH, 303);
    const until = await account.tokensValidUntil(caller, appId, clock());
    return reply.redirect(notices.addressOf(caller.person?.sessionId ?? "", appId, until), 303);
  }

  async function showTakenBack(request: FastifyRequest, reply: FastifyReply) {
    const caller = await requireSession(request);
    const notice = notices.read(caller.person?.sessionId ?? "", queryOf(request));
    const apps = notice ? await account.apps(caller) : [];
    // Connected again since, or not our words: then the list is the answer.
    if (!notice || apps.some(({ id }) => id === notice.appId)) return reply.redirect(ACCOUNT_APPS_PATH, 303);
    const gone: AccountApp = {
      clientId: notice.appId,
      name: await account.nameOf(caller, notice.appId),
      scopes: [],
      grantedAt: null,
      supportUrl: null,
      logoPath: undefined,
    };
    return sendPage(reply, 200, takenBackPage(reply.server.layout, gone, notice.until));
  }

  await app.register(async (routes) => {
    await openSessionPages(routes, options, "account");
    routes.setErrorHandler((error, request, reply) => sendAccountError(error, request, reply, loginUrl));
    routes.get(ACCOUNT_APPS_PATH, { exposeHeadRoute: false }, page(showApps));
    routes.get(TAKE_BACK_PATH, { exposeHeadRoute: false }, page(askAgain));
    routes.get(TAKEN_BACK_PATH, { exposeHeadRoute: false }, page(showTakenBack));
    routes.post(TAKE_BACK_SUBMIT_PATH, formHooks(routes, options), takeBack);
  });
}

const queryOf = ({ url }: FastifyRequest) => new URL(url, "http://gateway").searchParams;

function toView(
  { server }: FastifyReply,
  { id, name, logoUrl, scopes, grantedAt, supportUrl }: ConnectedApp,
): AccountApp {
  return { clientId: id, name, scopes, grantedAt, supportUrl, logoPath: server.logos.pathOf({ name, logoUrl }) };
}

interface Notice {
  appId: string;
  until: Date | null;
}

/** What was done is told in the address after the redirect. Signed for the session, so that nobody else can tell it. */
function createNotices(secret: string) {
  const key = Buffer.from(hkdfSync("sha256", secret, "", "account notices", 32));
  const sign = (sessionId: string, appId: string, until: string) =>
    createHmac("sha256", key)
      .update(JSON.stringify([sessionId, appId, until]))
      .digest();
  return {
    addressOf(sessionId: string, appId: string, until: Date | null): string {
      const moment = until?.toISOString() ?? "";
      const signature = sign(sessionId, appId, moment).toString("base64url");
      return `${TAKEN_BACK_PATH}?${new URLSearchParams({ app: appId, until: moment, signature })}`;
    },
    read(sessionId: string, query: URLSearchParams): Notice | null {
      const [appId = "", until = "", signature = ""] = ["app", "until", "signature"].map(
        (name) => query.get(name) ?? "",
      );
      const [sent, expected] = [Buffer.from(signature, "base64url"), sign(sessionId, appId, until)];
      if (sent.length !== expected.length || !timingSafeEqual(sent, expected)) return null;
      return { appId, until: until === "" ? null : new Date(until) };
    },
  };
}
