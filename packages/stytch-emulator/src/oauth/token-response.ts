import type { JsonObject } from "../json";
import type { State } from "../state";
import { expirySeconds, issueAccessToken, issueIdToken, type TokenOptions, type TokenSource } from "./issue-tokens";

interface ResponseOptions extends TokenOptions {
  nonce: string | null;
}

/** What the token endpoint answers to a code or a refresh token. */
export async function tokenResponse(state: State, source: TokenSource, options: ResponseOptions): Promise<JsonObject> {
  const { issuer, refreshToken, nonce } = options;
  return {
    access_token: await issueAccessToken(state, source, { issuer, refreshToken }),
    token_type: "bearer",
    expires_in: expirySeconds(state.requireClient(source.client_id)),
    scope: source.scopes.join(" "),
    ...(refreshToken !== null && { refresh_token: refreshToken }),
    ...(source.scopes.includes("openid") && { id_token: await issueIdToken(state, source, issuer, nonce) }),
  };
}
