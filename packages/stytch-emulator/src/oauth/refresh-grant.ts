import { isPublic } from "../defaults";
import type { RefreshToken } from "../state/records";
import type { State } from "../state/state";
import { OAuthApiError } from "../wire/errors";
import { authenticateClient } from "./client-authentication";
import { issueRefreshToken, REFRESH_TOKEN_MS } from "./issue-tokens";
import type { PublicEndpoint } from "./public-endpoint";
import { tokenResponse } from "./token-response";

/** grant_type=refresh_token. A public client gets a new one each time; a confidential one keeps its own, extended and not sent again. */
export const refreshGrant: PublicEndpoint = (state, request) => {
  const client = authenticateClient(state, request);
  const text = request.field("refresh_token");
  if (text === undefined) throw new OAuthApiError("invalid_request", "bad_request", "refresh_token is required.");
  const known = requireRefreshToken(state, text, client.client_id);
  const scopes = narrowed(known.scopes, request.field("scope"));
  let refreshToken = text;
  if (isPublic(client)) {
    known.status = "used";
    refreshToken = issueRefreshToken(state, known);
  } else {
    known.expires_at = state.clock().getTime() + REFRESH_TOKEN_MS;
  }
  return tokenResponse(
    state,
    { ...known, scopes },
    {
      issuer: request.issuer,
      refreshToken,
      shownRefreshToken: refreshToken === text ? null : refreshToken,
      nonce: null,
    },
  );
};

function requireRefreshToken(state: State, text: string, clientId: string): RefreshToken {
  const token = state.tokens.refreshTokens.get(text);
  if (token?.client_id !== clientId) throw new OAuthApiError("invalid_grant", "idp_refresh_token_not_found");
  switch (token.status) {
    case "consent_revoked":
      throw new OAuthApiError("invalid_grant", "connected_app_consent_revoked");
    case "revoked":
      throw new OAuthApiError("invalid_grant", "idp_refresh_token_not_found");
    case "used":
      // Not published, and RFC 9700 4.14.2 asks for it: a token seen twice was stolen, so its successors end as well.
      state.tokens.revokeChain(token.code);
      throw new OAuthApiError("invalid_grant", "idp_refresh_token_already_used");
    case "active":
      break;
  }
  if (token.expires_at <= state.clock().getTime()) {
    throw new OAuthApiError("invalid_grant", "idp_refresh_token_expired");
  }
  return token;
}

/** Not published; RFC 6749 6: a subset of what was granted, for this access token only. */
function narrowed(granted: readonly string[], scope: string | undefined): string[] {
  if (scope === undefined) return [...granted];
  const wanted = [...new Set(scope.split(" ").filter((name) => name !== ""))];
  if (wanted.length === 0 || !wanted.every((name) => granted.includes(name))) {
    throw new OAuthApiError("invalid_scope", "oauth_invalid_scope_requested", "A scope was not granted.");
  }
  return wanted;
}
