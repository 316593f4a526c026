import { OAuthApiError } from "../wire/errors";
import { memberClaims } from "./claims";
import { findAccessToken } from "./find-token";
import type { PublicEndpoint } from "./public-endpoint";

/** GET and POST …/oauth2/userinfo, with `Authorization: Bearer <access token>`. */
export const userinfo: PublicEndpoint = async (state, { headers }) => {
  const [, text = ""] = /^Bearer (\S+)$/i.exec(headers.authorization ?? "") ?? [];
  const found = await findAccessToken(state, text);
  if (!found || found.record.status === "revoked") {
    throw new OAuthApiError("invalid_token", "idp_access_token_not_found");
  }
  const { record } = found;
  if (record.status === "consent_revoked") throw new OAuthApiError("invalid_token", "connected_app_consent_revoked");
  if (record.expires_at <= state.clock().getTime()) {
    throw new OAuthApiError("invalid_token", "idp_access_token_expired");
  }
  if (!record.scopes.includes("openid")) {
    // The answer is not published.
    throw new OAuthApiError("insufficient_scope", "oauth_invalid_scope_requested", "The openid scope is required.");
  }
  const member = state.requireMember(record.organization_id, record.member_id);
  return { sub: member.member_id, ...memberClaims(member, record.scopes) };
};
