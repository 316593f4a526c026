import { randomUUID } from "node:crypto";
import { issuer, ORGANIZATION_CLAIM } from "./sessions";
import type { State } from "./state";

export interface M2mTokenOptions {
  /** `sub`: an M2M client of the project. */
  clientId: string;
  /** All scopes of the client when left out. */
  scopes?: readonly string[];
}

const M2M_TOKEN_SECONDS = 3600;

/** An M2M access token. It carries no organization claim: that is what tells it from a Connected App's. */
export function signM2mToken(state: State, { clientId, scopes }: M2mTokenOptions): Promise<string> {
  const granted = scopes ?? state.requireM2mClient(clientId).scopes;
  return state.signer.sign({
    ...times(state, M2M_TOKEN_SECONDS),
    iss: issuer(state),
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

/** A Connected App's access token for one Member, as the token endpoint would issue it. */
export async function mintAccessToken(state: State, { clientId, memberId, scopes }: AppTokenOptions): Promise<string> {
  const client = state.requireClient(clientId);
  const member = state.requireMemberById(memberId);
  const organization = state.requireOrganization(member.organization_id);
  const jti = randomUUID();
  const { iat, exp, nbf } = times(state, client.access_token_expiry_minutes * 60);
  state.tokens.accessTokens.set(jti, {
    jti,
    code: "",
    refresh_token: null,
    status: "active",
    exchanged: false,
    client_id: clientId,
    organization_id: member.organization_id,
    member_id: memberId,
    scopes: [...scopes],
    member_session_id: null,
    issued_at: iat * 1000,
    expires_at: exp * 1000,
  });
  return state.signer.sign({
    iss: issuer(state),
    sub: memberId,
    aud: [state.projectId, ...(client.access_token_custom_audience ? [client.access_token_custom_audience] : [])],
    client_id: clientId,
    scope: scopes.join(" "),
    iat,
    nbf,
    exp,
    jti,
    [ORGANIZATION_CLAIM]: {
      organization_id: organization.organization_id,
      slug: organization.organization_slug,
    },
  });
}

function times(state: State, seconds: number) {
  const iat = Math.floor(state.clock().getTime() / 1000);
  return { iat, nbf: iat, exp: iat + seconds };
}
