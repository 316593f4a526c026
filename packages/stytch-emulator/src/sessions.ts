import type { JWTPayload } from "jose";
import { newId } from "./ids";
import { roleIdsOf } from "./roles";
import type { Member, Metadata, Session } from "./state/records";
import type { State } from "./state/state";
import { randomToken } from "./tokens/secrets";
import { StytchApiError } from "./wire/errors";

const SESSION_CLAIM = "https://stytch.com/session";
export const ORGANIZATION_CLAIM = "https://stytch.com/organization";
const JWT_SECONDS = 5 * 60;
const DEFAULT_MINUTES = 60;

export const issuer = (state: State): string => `stytch.com/${state.projectId}`;

/** `startedAt` may lie in the past, for tests of old sessions. */
export function createSession(
  state: State,
  member: Member,
  durationMinutes = DEFAULT_MINUTES,
  startedAt = state.clock(),
): Session {
  const now = startedAt.getTime();
  const session: Session = {
    member_session_id: newId("member-session"),
    session_token: randomToken(),
    organization_id: member.organization_id,
    member_id: member.member_id,
    started_at: now,
    last_accessed_at: now,
    expires_at: now + durationMinutes * 60_000,
    custom_claims: {},
    exchanges: [],
  };
  state.sessions.save(session);
  return session;
}

export interface SessionCredential {
  session_token?: string | undefined;
  session_jwt?: string | undefined;
}

/** The living session behind a token or JWT. U36: an expired JWT is good as long as its session lives. */
export async function requireSession(state: State, credential: SessionCredential): Promise<Session> {
  const { session_token: token, session_jwt: jwt } = credential;
  if (token !== undefined && jwt !== undefined) throw new StytchApiError("too_many_session_arguments");
  if (token === undefined && jwt === undefined) throw new StytchApiError("no_session_arguments");
  const session =
    jwt === undefined ? state.sessions.findByToken(token ?? "") : state.sessions.get(await sessionIdIn(state, jwt));
  if (!session || session.expires_at <= state.clock().getTime()) throw new StytchApiError("session_not_found");
  return session;
}

async function sessionIdIn(state: State, jwt: string): Promise<string> {
  const claims = await state.signer.verify(jwt);
  if (!claims) throw new StytchApiError("unable_to_parse_session_jwt");
  if (claims.iss !== issuer(state)) throw new StytchApiError("jwt_invalid_issuer");
  if (![claims.aud].flat().includes(state.projectId)) throw new StytchApiError("jwt_invalid_audience");
  const id = sessionIdClaim(claims);
  if (id === null) throw new StytchApiError("jwt_invalid_claims");
  return id;
}

function sessionIdClaim(claims: JWTPayload): string | null {
  const claim = claims[SESSION_CLAIM];
  const isObject = typeof claim === "object" && claim !== null;
  return isObject && "id" in claim && typeof claim.id === "string" ? claim.id : null;
}

const authenticationFactors = (session: Session, member: Member) => {
  const at = new Date(session.started_at).toISOString();
  return [
    {
      type: "magic_link",
      delivery_method: "email",
      created_at: at,
      updated_at: at,
      last_authenticated_at: at,
      email_factor: {
        email_id: `email-${member.member_id.slice("member-".length)}`,
        email_address: member.email_address,
      },
    },
    ...session.exchanges.map(({ client_id, at: exchanged }) => {
      const when = new Date(exchanged).toISOString();
      return {
        type: "oauth",
        delivery_method: "oauth_access_token_exchange",
        created_at: when,
        updated_at: when,
        last_authenticated_at: when,
        oauth_access_token_exchange_factor: { client_id },
      };
    }),
  ];
};

const RESERVED_CLAIMS: ReadonlySet<string> = new Set(["iss", "sub", "aud", "exp", "nbf", "iat", "jti"]);
const MAX_CLAIMS_BYTES = 4096;

/** Top-level keys are merged, `null` removes one, and reserved names are ignored. */
export function mergeClaims(known: Metadata, given: Metadata = {}): Metadata {
  const entries = Object.entries({ ...known, ...given });
  const claims = Object.fromEntries(entries.filter(([name, value]) => value !== null && !RESERVED_CLAIMS.has(name)));
  if (Buffer.byteLength(JSON.stringify(claims)) > MAX_CLAIMS_BYTES) throw new StytchApiError("custom_claims_too_large");
  return claims;
}

/** The session as responses show it. */
export function sessionView(state: State, session: Session) {
  const member = state.requireMember(session.organization_id, session.member_id);
  const organization = state.requireOrganization(session.organization_id);
  return {
    member_session_id: session.member_session_id,
    member_id: session.member_id,
    organization_id: session.organization_id,
    organization_slug: organization.organization_slug,
    started_at: new Date(session.started_at).toISOString(),
    last_accessed_at: new Date(session.last_accessed_at).toISOString(),
    expires_at: new Date(session.expires_at).toISOString(),
    authentication_factors: authenticationFactors(session, member),
    roles: roleIdsOf(member, organization),
    custom_claims: session.custom_claims,
  };
}

export function sessionJwt(state: State, session: Session, issuedAt = state.clock()): Promise<string> {
  const view = sessionView(state, session);
  const seconds = Math.floor(issuedAt.getTime() / 1000);
  return state.signer.sign({
    ...session.custom_claims,
    iss: issuer(state),
    sub: session.member_id,
    aud: [state.projectId],
    iat: seconds,
    nbf: seconds,
    exp: seconds + JWT_SECONDS,
    [SESSION_CLAIM]: {
      id: session.member_session_id,
      started_at: view.started_at,
      last_accessed_at: view.last_accessed_at,
      expires_at: view.expires_at,
      attributes: { ip_address: "", user_agent: "" },
      authentication_factors: view.authentication_factors,
      roles: view.roles,
    },
    [ORGANIZATION_CLAIM]: { organization_id: session.organization_id, slug: view.organization_slug },
  });
}
