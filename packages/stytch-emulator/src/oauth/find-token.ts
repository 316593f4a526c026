import type { JWTPayload } from "jose";
import type { AccessToken, RefreshToken } from "../state/records";
import type { State } from "../state/state";

/** An access token that this project issued, whatever became of it. */
export async function findAccessToken(
  state: State,
  text: string,
): Promise<{ record: AccessToken; claims: JWTPayload } | null> {
  const claims = await state.signer.verify(text);
  const record = claims?.jti === undefined ? undefined : state.tokens.accessTokens.get(claims.jti);
  return claims && record ? { record, claims } : null;
}

export const isAlive = (state: State, token: AccessToken | RefreshToken): boolean =>
  token.status === "active" && token.expires_at > state.clock().getTime();
