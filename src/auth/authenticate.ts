import { createHash } from "node:crypto";
import { decodeJwt, type JWTPayload } from "jose";
import { LRUCache } from "lru-cache";
import type { MemberSession } from "stytch";
import { GatewayError } from "../errors";
import type { Stytch, StytchClient } from "../stytch/client";
import { isForged, isKeySetFailure, toGatewayError } from "../stytch/errors";
import { SessionCredential } from "../stytch/session-credential";
import { ADMIN_ROLE, OPERATOR_SCOPES } from "./permissions";
import { type MemberViewer, recordsOf, type ServiceViewer, type Viewer } from "./viewer";

/** Everything in a request that claims an identity. Values are raw and unchecked. */
export interface Credentials {
  /** `Authorization: Bearer`: a session JWT or an M2M access token. */
  bearer?: string;
  /** `X-Stytch-Member-Session`: an opaque session token. */
  sessionToken?: string;
  /** Cookie `stytch_session_jwt`. */
  cookieJwt?: string;
  /** Cookie `stytch_session`. */
  cookieToken?: string;
}

export interface Authenticator {
  /** The viewer; `null` without credentials. One bad credential refuses the request, even beside a good one. */
  authenticate(credentials: Credentials, client: StytchClient): Promise<Viewer | null>;
}

const SESSION_CLAIM = "https://stytch.com/session";
const ORGANIZATION_CLAIM = "https://stytch.com/organization";

/** Milliseconds that a checked signature is remembered; less than jose keeps the key set (10 minutes). */
const REMEMBER_MS = 60_000;

const refused = () => new GatewayError("UNAUTHENTICATED", "The credential is not valid. Sign in again.");

export function createAuthenticator(stytch: Stytch, operatorOrganizationId: string | undefined): Authenticator {
  /**
   * Which session a token belongs to. This never changes, so it may be remembered; whether the session still lives may
   * not. Lets a browser that sends both Stytch cookies be checked for one identity without a call per request.
   */
  const sessionIdByToken = new LRUCache<string, string>({ max: 10_000 });
  const fingerprint = (token: string) => createHash("sha256").update(token).digest("base64");

  /** Tokens that were checked on this machine. What they say cannot change, and none is kept longer than it is valid. */
  const viewerByJwt = new LRUCache<string, Viewer>({ max: 10_000 });
  function remember(key: string, { exp = 0 }: JWTPayload, viewer: Viewer): void {
    const ttl = Math.min(REMEMBER_MS, exp * 1000 - Date.now());
    if (ttl > 0) viewerByJwt.set(key, viewer, { ttl });
  }

  function memberViewer(session: MemberSession, credential: SessionCredential): MemberViewer {
    const isOperator = session.organization_id === operatorOrganizationId && session.roles.includes(ADMIN_ROLE);
    return {
      kind: "member",
      memberId: session.member_id,
      organizationId: session.organization_id,
      sessionId: session.member_session_id,
      isOperator,
      scopes: isOperator ? OPERATOR_SCOPES : [],
      session: credential,
    };
  }

  async function remote(identity: { session_jwt: string } | { session_token: string }, client: StytchClient) {
    const answer = await client.authenticateSession(identity).catch((error: GatewayError) => {
      throw error.code.startsWith("UPSTREAM") || error.code === "INTERNAL_SERVER_ERROR" ? error : refused();
    });
    sessionIdByToken.set(fingerprint(answer.session_token), answer.member_session.member_session_id);
    // An expired JWT is replaced by the fresh one of the answer; a token stays what it is.
    const credential = new SessionCredential(
      "session_token" in identity ? identity : { session_jwt: answer.session_jwt },
    );
    return { ...memberViewer(answer.member_session, credential), records: recordsOf(answer) };
  }

  /** A Connected App's access token has the same issuer, audience and keys. Only its organization claim gives it away. */
  async function m2mToken(token: string): Promise<ServiceViewer> {
    const { client_id, scopes, custom_claims } = await stytch.verifyM2mToken(token).catch((error) => {
      throw isKeySetFailure(error) ? toGatewayError(null) : refused();
    });
    if (ORGANIZATION_CLAIM in custom_claims || "client_id" in custom_claims || client_id.startsWith("member-"))
      throw refused();
    return { kind: "service", clientId: client_id, isOperator: true, scopes };
  }

  async function local(token: string, claims: JWTPayload): Promise<Viewer> {
    if (!(SESSION_CLAIM in claims)) return m2mToken(token);
    // A session never names a client; an app's token that copies the session claim does.
    if ("client_id" in claims) throw refused();
    return memberViewer(await stytch.verifySessionJwt(token), new SessionCredential({ session_jwt: token }));
  }

  /** Local first; a session JWT that fails here, because it has expired for instance, is for Stytch to judge. */
  async function jwt(token: string, client: StytchClient): Promise<Viewer> {
    const key = fingerprint(token);
    const known = viewerByJwt.get(key);
    if (known) return known;
    const claims = readClaims(token);
    if (!claims) throw refused();
    try {
      const viewer = await local(token, claims);
      remember(key, claims, viewer);
      return viewer;
    } catch (error) {
      if (error instanceof GatewayError) throw error;
      // No remote check can mend a wrong signature, so forged tokens cost no upstream call.
      if (isForged(error)) throw refused();
      return remote({ session_jwt: token }, client);
    }
  }

  async function token(value: string, known: Viewer | undefined, client: StytchClient): Promise<Viewer> {
    const sessionId = known && sessionIdByToken.get(fingerprint(value));
    if (known?.kind === "member" && sessionId === known.sessionId) return known;
    return remote({ session_token: value }, client);
  }

  return {
    async authenticate(credentials, client) {
      const jwts = distinct(credentials.bearer, credentials.cookieJwt);
      const tokens = distinct(credentials.sessionToken, credentials.cookieToken);
      const viewers: Viewer[] = [];
      for (const value of jwts) viewers.push(await jwt(value, client));
      for (const value of tokens) viewers.push(await token(value, viewers[0], client));
      if (new Set(viewers.map(identityOf)).size > 1) {
        throw new GatewayError(
          "BAD_USER_INPUT",
          "The request carries two different identities. Send one credential only.",
          {
            http: { status: 400 },
          },
        );
      }
      return viewers.at(-1) ?? null;
    },
  };
}

const distinct = (...values: (string | undefined)[]) => new Set(values.filter((value) => value !== undefined));

const identityOf = (viewer: Viewer) => (viewer.kind === "member" ? viewer.sessionId : viewer.clientId);

/** Unverified claims, to choose the verifier. Nothing is trusted before that one has accepted the signature. */
function readClaims(token: string): JWTPayload | null {
  try {
    return decodeJwt(token);
  } catch {
    return null;
  }
}
