import type { AuthorizationCode } from "../state/records";
import type { State } from "../state/state";
import { OAuthApiError } from "../wire/errors";
import { authenticateClient } from "./client-authentication";
import { issueRefreshToken } from "./issue-tokens";
import { checkVerifier } from "./pkce";
import type { PublicEndpoint } from "./public-endpoint";
import { tokenResponse } from "./token-response";

/** grant_type=authorization_code */
export const codeGrant: PublicEndpoint = (state, request) => {
  const client = authenticateClient(state, request);
  const text = request.field("code");
  if (text === undefined) throw new OAuthApiError("invalid_request", "bad_request", "code is required.");
  const code = requireCode(state, text, client.client_id);
  // U37: Stytch's own examples leave it out, its reference demands it (RFC 6749 4.1.3); only another one is refused.
  if ((request.field("redirect_uri") ?? code.redirect_uri) !== code.redirect_uri) {
    throw new OAuthApiError("invalid_grant", "bad_request", "redirect_uri is not the one the code was issued for.");
  }
  checkVerifier(code.code_challenge, request.field("code_verifier"));
  code.status = "used";
  const refreshToken = code.scopes.includes("offline_access") ? issueRefreshToken(state, code) : null;
  return tokenResponse(state, code, {
    issuer: request.issuer,
    refreshToken,
    shownRefreshToken: refreshToken,
    nonce: code.nonce,
  });
};

function requireCode(state: State, text: string, clientId: string): AuthorizationCode {
  const code = state.tokens.codes.get(text);
  if (code?.client_id !== clientId) throw new OAuthApiError("invalid_grant", "idp_auth_code_not_found");
  if (code.status === "consent_revoked") throw new OAuthApiError("invalid_grant", "connected_app_consent_revoked");
  if (code.status !== "active") {
    // U26: a second use also ends what the first one brought (RFC 6749 4.1.2).
    state.tokens.revokeChain(code.code);
    throw new OAuthApiError("invalid_grant", "idp_auth_code_not_found");
  }
  if (code.expires_at <= state.clock().getTime()) throw new OAuthApiError("invalid_grant", "idp_auth_code_expired");
  return code;
}
