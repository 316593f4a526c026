import { OAuthApiError } from "../wire/errors";
import { authenticateClient } from "./client-authentication";
import { findAccessToken } from "./find-token";
import { type PublicEndpoint, requireForm } from "./public-endpoint";

/**
 * POST …/oauth2/revoke (RFC 7009). U33: an unknown or another client's token is left alone, and the answer is 200.
 * U38: a refresh token takes its whole chain along; documented is the access token "issued at the same time".
 */
export const revoke: PublicEndpoint = async (state, request) => {
  requireForm(request);
  const client = authenticateClient(state, request);
  const text = request.field("token");
  if (text === undefined) throw new OAuthApiError("invalid_request", "bad_request", "token is required.");
  const refreshToken = state.tokens.refreshTokens.get(text);
  if (refreshToken) {
    if (refreshToken.client_id === client.client_id) state.tokens.revokeChain(refreshToken.code);
    return {};
  }
  const found = await findAccessToken(state, text);
  if (found?.record.client_id === client.client_id && found.record.status === "active") found.record.status = "revoked";
  return {};
};
