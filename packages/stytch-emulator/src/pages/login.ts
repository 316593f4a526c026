import { createSession, sessionJwt } from "../sessions";
import type { Session } from "../state/records";
import type { State } from "../state/state";
import type { JsonObject } from "../wire/json";
import { type Operation, redirect } from "../wire/operation";
import { clearCookie, cookieOf, setCookie } from "./cookies";
import { type LoginView, loginPage, MAX_MEMBERS, MAX_ORGANIZATIONS } from "./login.page";
import { page } from "./page";
import { returnUrl } from "./return-to";

/** Cookies belong to a host, whatever its port: set here, they reach the gateway beside the emulator. */
const TOKEN_COOKIE = "stytch_session";
const JWT_COOKIE = "stytch_session_jwt";
const SESSION_MINUTES = 8 * 60;
const UNKNOWN_MEMBER = '<h1>There is no such active Member.</h1><p><a href="/login">Sign in as somebody else</a></p>';

/** GET /login?return_to=: what a project's own login page would be. */
export const showLogin: Operation = (state, { query, headers }) =>
  loginPage({
    returnTo: query.get("return_to") ?? "",
    signedIn: signedIn(state, currentSession(state, cookieOf(headers, TOKEN_COOKIE))),
    organizations: [...state.organizations.values()].slice(0, MAX_ORGANIZATIONS).map((organization) => {
      const members = [...state.members.ofOrganization(organization.organization_id)];
      const active = members.filter(({ status }) => status === "active");
      return { organization, members: active.slice(0, MAX_MEMBERS), total: active.length };
    }),
  });

/** POST /login: signs in as the Member and goes back to the gateway. */
export const login: Operation = async (state, { body }) => {
  const member = state.members.get(fieldOf(body, "member_id") ?? "");
  if (member?.status !== "active") return page("Unknown Member", UNKNOWN_MEMBER, 404);
  const session = createSession(state, member, SESSION_MINUTES);
  const cookies = [
    setCookie(TOKEN_COOKIE, session.session_token),
    setCookie(JWT_COOKIE, await sessionJwt(state, session)),
  ];
  return redirect(afterLogin(state, fieldOf(body, "return_to")), { "set-cookie": cookies });
};

/** POST /logout: ends the session itself, not only its cookies. */
export const logout: Operation = (state, { headers, body }) => {
  const session = currentSession(state, cookieOf(headers, TOKEN_COOKIE));
  if (session) state.sessions.delete(session);
  const cookies = [clearCookie(TOKEN_COOKIE), clearCookie(JWT_COOKIE)];
  const returnTo = fieldOf(body, "return_to");
  const target = returnTo === undefined ? `${state.origin}/login` : afterLogin(state, returnTo);
  return redirect(target, { "set-cookie": cookies });
};

/** Without a gateway there is nowhere to return to but the page that shows who is signed in. */
const afterLogin = (state: State, returnTo: string | undefined): string =>
  state.settings.authorizationUrl === ""
    ? `${state.origin}/login`
    : returnUrl(state.settings.authorizationUrl, returnTo);

function currentSession(state: State, token: string | null): Session | null {
  const session = token === null ? undefined : state.sessions.findByToken(token);
  return session && session.expires_at > state.clock().getTime() ? session : null;
}

function signedIn(state: State, session: Session | null): LoginView["signedIn"] {
  if (!session) return null;
  return {
    member: state.requireMember(session.organization_id, session.member_id),
    organization: state.requireOrganization(session.organization_id),
  };
}

function fieldOf(body: JsonObject, name: string): string | undefined {
  const value = body[name];
  return typeof value === "string" ? value : undefined;
}
