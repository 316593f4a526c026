import { createHash } from "node:crypto";
import { cookieOf, setCookie } from "../pages/cookies";
import { demoClientId } from "../seed/apps";
import type { State } from "../state/state";
import { randomToken } from "../tokens/secrets";
import { type Operation, type OperationRequest, type Reply, redirect } from "../wire/operation";
import { demoPage } from "./demo.page";
import { createOAuthClient, type OAuthClient, RefusedError } from "./oauth-client";
import type { Connection, Outcome, Visit } from "./visit";

const COOKIE = "ledger_export_visit";
const HOME = "/demo";
const MAX_VISITS = 1000;

const callbackUrl = (state: State): string => `${state.origin}/demo/callback`;

/** GET /demo. Under another name of this host the callback would not find the cookie. */
export const showDemo: Operation = (state, { headers }) => {
  const { host, href } = new URL(HOME, state.origin);
  if (headers.host !== host) return redirect(href);
  return demoPage(visitOf(state, headers) ?? { id: "", pending: null, connection: null, outcome: null });
};

/** POST /demo/connect: sends the browser to the gateway with a fresh state, nonce and PKCE challenge. */
export const connectDemo: Operation = (state, { headers, rawBody }) => {
  const visit = visitOf(state, headers) ?? startVisit(state);
  const cookie = { "set-cookie": setCookie(COOKIE, visit.id, HOME) };
  if (state.settings.authorizationUrl === "") {
    visit.outcome = { ok: false, title: "The gateway's address is not set." };
    return redirect(HOME, cookie);
  }
  const form = new URLSearchParams(rawBody);
  const pending = { state: randomToken(), nonce: randomToken(), verifier: randomToken() };
  visit.pending = pending;
  visit.outcome = null;
  const target = new URL(state.settings.authorizationUrl);
  target.search = new URLSearchParams({
    response_type: "code",
    client_id: demoClientId,
    redirect_uri: callbackUrl(state),
    scope: form.getAll("scope").join(" "),
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: createHash("sha256").update(pending.verifier).digest("base64url"),
    code_challenge_method: "S256",
    ...(form.get("prompt") === "consent" && { prompt: "consent" }),
  }).toString();
  return redirect(target.href, cookie);
};

/** GET /demo/callback: an answer counts once, and only with the state that was sent. */
export const demoCallback: Operation = async (state, { headers, query }) => {
  const visit = visitOf(state, headers);
  const pending = visit?.pending;
  if (!visit || !pending || query.get("state") !== pending.state) {
    const shown = visit ?? startVisit(state);
    shown.outcome = {
      ok: false,
      title: "This answer was not expected.",
      text: "Its state is not the one that was sent from this browser, so nothing was done with it.",
    };
    return redirect(HOME, { "set-cookie": setCookie(COOKIE, shown.id, HOME) });
  }
  visit.pending = null;
  const code = query.get("code");
  if (code === null) {
    visit.outcome = { ok: false, title: "No access was given.", answer: Object.fromEntries(query) };
    return redirect(HOME);
  }
  return step(state, visit, async (client) => {
    visit.connection = await client.exchangeCode(code, pending.verifier, pending.nonce);
    return { ok: true, title: "Connected. The code was exchanged for tokens." };
  });
};

/** POST /demo/refresh */
export const refreshDemo: Operation = connected(async (client, connection, visit) => {
  const refreshed = await client.refresh(connection);
  visit.connection = { ...refreshed, idTokenClaims: refreshed.idTokenClaims ?? connection.idTokenClaims };
  return { ok: true, title: "A new access token was issued." };
});

/** POST /demo/introspect */
export const introspectDemo: Operation = connected(async (client, { accessToken }) => {
  const answer = await client.introspect(accessToken);
  return answer.active === true
    ? { ok: true, title: "The access token is active.", answer }
    : { ok: false, title: "The access token is no longer active.", answer };
});

/** POST /demo/userinfo */
export const userinfoDemo: Operation = connected(async (client, { accessToken }) => ({
  ok: true,
  title: "Userinfo answered.",
  answer: await client.userinfo(accessToken),
}));

function connected(run: (client: OAuthClient, connection: Connection, visit: Visit) => Promise<Outcome>): Operation {
  return async (state, { headers }) => {
    const visit = visitOf(state, headers);
    const connection = visit?.connection;
    if (!visit || !connection) return redirect(HOME);
    return step(state, visit, (client) => run(client, connection, visit));
  };
}

/** Runs one step, keeps what came of it, and shows it: a reload must not repeat the step. */
async function step(state: State, visit: Visit, run: (client: OAuthClient) => Promise<Outcome>): Promise<Reply> {
  const client = createOAuthClient(state.origin, callbackUrl(state), state.clock());
  try {
    visit.outcome = await run(client);
  } catch (error) {
    visit.outcome = error instanceof RefusedError ? refusal(visit, error) : failure(error);
  }
  return redirect(HOME);
}

function refusal({ connection }: Visit, { message, answer }: RefusedError): Outcome {
  const isRevoked = answer.error_type === "connected_app_consent_revoked";
  if (connection && isRevoked) connection.ended = true;
  return { ok: false, title: isRevoked ? "Access was revoked." : "The request was refused.", text: message, answer };
}

const failure = (error: unknown): Outcome => ({ ok: false, title: "It failed.", text: String(error) });

function visitOf(state: State, headers: OperationRequest["headers"]): Visit | undefined {
  return state.demoVisits.get(cookieOf(headers, COOKIE) ?? "");
}

function startVisit(state: State): Visit {
  const [oldest] = state.demoVisits.keys();
  if (oldest !== undefined && state.demoVisits.size >= MAX_VISITS) state.demoVisits.delete(oldest);
  const visit: Visit = { id: randomToken(), pending: null, connection: null, outcome: null };
  state.demoVisits.set(visit.id, visit);
  return visit;
}
