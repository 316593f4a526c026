import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage, RequestListener } from "node:http";
import { createOAuthClient, type OAuthClient, RefusedError } from "./oauth-client";
import type { LedgerExportOptions } from "./options";
import { appPage } from "./page";
import type { Connection, Outcome, Visit } from "./visit";
import { cookieOf, formOf, type Reply, redirect, send } from "./wire";

const COOKIE = "ledger_export_visit";
/** The oldest are forgotten beyond this. */
const MAX_VISITS = 1000;

type Step = (client: OAuthClient, connection: Connection, visit: Visit) => Promise<Outcome>;

/** What the buttons do with a connection. */
const STEPS: Record<string, Step> = {
  "POST /refresh": async (client, connection, visit) => {
    const refreshed = await client.refresh(connection);
    visit.connection = { ...refreshed, idTokenClaims: refreshed.idTokenClaims ?? connection.idTokenClaims };
    return { ok: true, title: "A new access token was issued." };
  },
  "POST /introspect": async (client, { accessToken }) => {
    const answer = await client.introspect(accessToken);
    return answer.active === true
      ? { ok: true, title: "The access token is active.", answer }
      : { ok: false, title: "The access token is no longer active.", answer };
  },
  "POST /userinfo": async (client, { accessToken }) => ({
    ok: true,
    title: "Userinfo answered.",
    answer: await client.userinfo(accessToken),
  }),
};

/** The app's pages. Tokens stay here; a browser has a cookie that names its visit. */
export function createLedgerExport({ url, ...options }: LedgerExportOptions): RequestListener {
  const { host, pathname } = new URL(url);
  const base = pathname.replace(/\/$/, "");
  const home = base || "/";
  const client = createOAuthClient({ ...options, redirectUri: new URL(`${base}/callback`, url).href });
  const visits = new Map<string, Visit>();
  const visitOf = (incoming: IncomingMessage) => visits.get(cookieOf(incoming, COOKIE));

  function startVisit(): Visit {
    const [oldest] = visits.keys();
    if (oldest !== undefined && visits.size >= MAX_VISITS) visits.delete(oldest);
    const visit: Visit = { id: randomToken(), pending: null, connection: null, outcome: null };
    visits.set(visit.id, visit);
    return visit;
  }

  const withCookie = (reply: Reply, { id }: Visit): Reply => ({
    ...reply,
    headers: { ...reply.headers, "set-cookie": `${COOKIE}=${id}; Path=${home}; SameSite=Lax; HttpOnly` },
  });

  /** Runs one step, keeps what came of it, and shows it: a reload must not repeat the step. */
  async function settle(visit: Visit, run: () => Promise<Outcome>): Promise<Reply> {
    try {
      visit.outcome = await run();
    } catch (error) {
      visit.outcome = error instanceof RefusedError ? refusal(visit, error) : failure(error);
    }
    return redirect(home);
  }

  /** Sends the browser to the server's page with a fresh state, nonce and PKCE challenge. */
  async function connect(incoming: IncomingMessage): Promise<Reply> {
    const visit = visitOf(incoming) ?? startVisit();
    const form = await formOf(incoming);
    const pending = { state: randomToken(), nonce: randomToken(), verifier: randomToken() };
    let target: string | undefined;
    const back = await settle(visit, async () => {
      target = await client.authorizationUrl({
        scope: form.getAll("scope").join(" "),
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: createHash("sha256").update(pending.verifier).digest("base64url"),
        code_challenge_method: "S256",
        ...(form.get("prompt") === "consent" && { prompt: "consent" }),
      });
      return { ok: true, title: "Sent to the page that asks for consent." };
    });
    if (target === undefined) return withCookie(back, visit);
    visit.pending = pending;
    visit.outcome = null;
    return withCookie(redirect(target), visit);
  }

  /** An answer counts once, and only with the state that was sent. */
  async function callback(incoming: IncomingMessage, query: URLSearchParams): Promise<Reply> {
    const visit = visitOf(incoming);
    const pending = visit?.pending;
    if (!visit || !pending || query.get("state") !== pending.state) {
      const shown = visit ?? startVisit();
      shown.outcome = {
        ok: false,
        title: "This answer was not expected.",
        text: "Its state is not the one that was sent from this browser, so nothing was done with it.",
      };
      return withCookie(redirect(home), shown);
    }
    visit.pending = null;
    const code = query.get("code");
    if (code === null) {
      visit.outcome = { ok: false, title: "No access was given.", answer: Object.fromEntries(query) };
      return redirect(home);
    }
    return settle(visit, async () => {
      visit.connection = await client.exchangeCode(code, pending.verifier, pending.nonce);
      return { ok: true, title: "Connected. The code was exchanged for tokens." };
    });
  }

  async function answer(incoming: IncomingMessage): Promise<Reply> {
    const { pathname, searchParams } = new URL(incoming.url ?? "/", url);
    const route = `${incoming.method} ${pathname.slice(base.length) || "/"}`;
    const visit = visitOf(incoming);
    // Under another name of this host the callback would not find the cookie.
    if (route === "GET /") return incoming.headers.host === host ? appPage(base, visit) : redirect(url);
    if (route === "GET /callback") return callback(incoming, searchParams);
    if (route === "POST /connect") return connect(incoming);
    const step = Object.hasOwn(STEPS, route) ? STEPS[route] : undefined;
    if (!step) return { status: 404, headers: { "content-type": "text/plain" }, body: "There is nothing here.\n" };
    const connection = visit?.connection;
    return visit && connection ? settle(visit, () => step(client, connection, visit)) : redirect(home);
  }

  return (incoming, response) => {
    answer(incoming)
      .then((reply) => send(response, reply))
      .catch(() => response.destroy());
  };
}

function refusal({ connection }: Visit, { message, answer }: RefusedError): Outcome {
  const isRevoked = answer.error_type === "connected_app_consent_revoked";
  if (connection && isRevoked) connection.ended = true;
  return { ok: false, title: isRevoked ? "Access was revoked." : "The request was refused.", text: message, answer };
}

const failure = (error: unknown): Outcome => ({ ok: false, title: "It failed.", text: String(error) });

const randomToken = () => randomBytes(32).toString("base64url");
