import { randomUUID } from "node:crypto";
import { issueAccessToken } from "../oauth/issue-tokens";
import { createSession, issuer, sessionJwt } from "../sessions";
import type { State } from "../state/state";

export interface SessionOptions {
  memberId: string;
  /** 60 when left out. */
  durationMinutes?: number;
  /** How long ago it was started; 0 when left out. */
  ageSeconds?: number;
}

export interface MintedSession {
  session_token: string;
  session_jwt: string;
  member_session_id: string;
}

export async function mintSession(state: State, options: SessionOptions): Promise<MintedSession> {
  const startedAt = ago(state, options.ageSeconds);
  const session = createSession(state, state.requireMemberById(options.memberId), options.durationMinutes, startedAt);
  const { session_token, member_session_id } = session;
  return { session_token, session_jwt: await sessionJwt(state, session, startedAt), member_session_id };
}

export interface M2mTokenOptions {
  /** `sub`: an M2M client of the project. */
  clientId: string;
  /** All scopes of the client when left out. */
  scopes?: readonly string[];
  /** That of the management API when left out. */
  issuer?: string;
  /** How long ago it was issued; 0 when left out. */
  ageSeconds?: number;
}

export const M2M_TOKEN_SECONDS = 3600;

/** An M2M access token. It carries no organization claim: that is what tells it from a Connected App's. */
export function signM2mToken(
  state: State,
  { clientId, scopes, issuer: iss, ageSeconds }: M2mTokenOptions,
): Promise<string> {
  const granted = scopes ?? state.requireM2mClient(clientId).scopes;
  return state.signer.sign({
    ...times(ago(state, ageSeconds), M2M_TOKEN_SECONDS),
    iss: iss ?? issuer(state),
    sub: clientId,
    aud: [state.projectId],
    jti: randomUUID(),
    scope: granted.join(" "),
  });
}

export interface AppTokenOptions {
  clientId: string;
  memberId: string;
  scopes: readonly string[];
  /** How long ago it was issued; 0 when left out. */
  ageSeconds?: number;
}

/** A Connected App's access token for one Member, as the token endpoint beside the management API issues it. */
export function mintAccessToken(
  state: State,
  { clientId, memberId, scopes, ageSeconds }: AppTokenOptions,
): Promise<string> {
  const source = {
    code: "",
    client_id: clientId,
    organization_id: state.requireMemberById(memberId).organization_id,
    member_id: memberId,
    member_session_id: null,
    scopes: [...scopes],
    resources: [],
  };
  return issueAccessToken(state, source, {
    issuer: issuer(state),
    refreshToken: null,
    issuedAt: ago(state, ageSeconds),
  });
}

export const ago = (state: State, seconds = 0): Date => new Date(state.clock().getTime() - seconds * 1000);

function times(issuedAt: Date, seconds: number) {
  const iat = Math.floor(issuedAt.getTime() / 1000);
  return { iat, nbf: iat, exp: iat + seconds };
}
