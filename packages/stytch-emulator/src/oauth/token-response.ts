import type { State } from "../state/state";
import type { JsonObject } from "../wire/json";
import { expirySeconds, issueAccessToken, issueIdToken, type TokenOptions, type TokenSource } from "./issue-tokens";

interface ResponseOptions extends TokenOptions {
  nonce: string | null;
  /** `null` when the client keeps the one it has. */
  shownRefreshToken: string | null;
}

/** What the token endpoint answers to a code or a refresh token. */
export async function tokenResponse(state: State, source: TokenSource, options: ResponseOptions): Promise<JsonObject> {
  const { issuer, refreshToken, shownRefreshToken, nonce } = options;
  return {
    access_token: await issueAccessToken(state, source, { issuer, refreshToken }),
    token_type: "bearer",
    expires_in: expirySeconds(state.requireClient(source.client_id)),
    scope: source.scopes.join(" "),
    ...(shownRefreshToken !== null && { refresh_token: shownRefreshToken }),
    ...(source.scopes.includes("openid") && { id_token: await issueIdToken(state, source, issuer, nonce) }),
  };
}
