import { ORGANIZATION_CLAIM } from "../sessions";
import type { RefreshToken } from "../state/records";
import type { State } from "../state/state";
import { OAuthApiError } from "../wire/errors";
import type { JsonObject } from "../wire/json";
import { authenticateClient } from "./client-authentication";
import { findAccessToken, isAlive } from "./find-token";
import { audienceOf } from "./issue-tokens";
import { type PublicEndpoint, requireForm } from "./public-endpoint";

const INACTIVE = { active: false };

/** POST …/oauth2/introspect (RFC 7662). U33: another client's token is inactive. */
export const introspect: PublicEndpoint = async (state, request) => {
  requireForm(request);
  const client = authenticateClient(state, request);
  const text = request.field("token");
  if (text === undefined) throw new OAuthApiError("invalid_request", "bad_request", "token is required.");
  const refreshToken = state.tokens.refreshTokens.get(text);
  if (refreshToken) {
    const isShown = refreshToken.client_id === client.client_id && isAlive(state, refreshToken);
    return isShown ? refreshTokenView(state, refreshToken, request.issuer) : INACTIVE;
  }
  const found = await findAccessToken(state, text);
  if (found?.record.client_id !== client.client_id || !isAlive(state, found.record)) return INACTIVE;
  return { ...found.claims, active: true, token_type: "access_token" };
};

function refreshTokenView(state: State, token: RefreshToken, issuer: string): JsonObject {
  const issuedAt = Math.floor(token.issued_at / 1000);
  const { organization_id, organization_slug } = state.requireOrganization(token.organization_id);
  return {
    active: true,
    token_type: "refresh_token",
    sub: token.member_id,
    scope: token.scopes.join(" "),
    client_id: token.client_id,
    aud: audienceOf(state, state.requireClient(token.client_id), token.resources),
    exp: Math.floor(token.expires_at / 1000),
    iat: issuedAt,
    nbf: issuedAt,
    iss: issuer,
    [ORGANIZATION_CLAIM]: { organization_id, slug: organization_slug },
  };
}
