import { randomUUID } from "node:crypto";
import { issueAccessToken } from "./oauth/issue-tokens";
import { issuer } from "./sessions";
import type { State } from "./state";

export interface M2mTokenOptions {
  /** `sub`: an M2M client of the project. */
  clientId: string;
  /** All scopes of the client when left out. */
  scopes?: readonly string[];
  /** That of the management API when left out. */
  issuer?: string;
}

export const M2M_TOKEN_SECONDS = 3600;

/** An M2M access token. It carries no organization claim: that is what tells it from a Connected App's. */
export function signM2mToken(state: State, { clientId, scopes, issuer: iss }: M2mTokenOptions): Promise<string> {
  const granted = scopes ?? state.requireM2mClient(clientId).scopes;
  return state.signer.sign({
    ...times(state, M2M_TOKEN_SECONDS),
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
}

/** A Connected App's access token for one Member, as the token endpoint beside the management API issues it. */
export function mintAccessToken(state: State, { clientId, memberId, scopes }: AppTokenOptions): Promise<string> {
  const source = {
    code: "",
    client_id: clientId,
    organization_id: state.requireMemberById(memberId).organization_id,
    member_id: memberId,
    member_session_id: null,
    scopes: [...scopes],
    resources: [],
  };
  return issueAccessToken(state, source, { issuer: issuer(state), refreshToken: null });
}

function times(state: State, seconds: number) {
  const iat = Math.floor(state.clock().getTime() / 1000);
  return { iat, nbf: iat, exp: iat + seconds };
}
