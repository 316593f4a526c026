import type { State } from "../state/state";
import { StytchApiError } from "../wire/errors";
import type { JsonObject } from "../wire/json";
import type { PublicEndpoint, PublicRequest } from "./public-endpoint";
import { GRANT_TYPES } from "./token";

const STANDARD_SCOPES = ["openid", "profile", "email", "phone", "offline_access"];

/** GET …/.well-known/openid-configuration */
export const openidConfiguration: PublicEndpoint = (state, request) => ({
  ...common(state, request),
  userinfo_endpoint: `${request.base}/oauth2/userinfo`,
  subject_types_supported: ["public"],
  id_token_signing_alg_values_supported: ["RS256"],
});

/** GET …/.well-known/oauth-authorization-server (RFC 8414) */
export const authorizationServer: PublicEndpoint = (state, request) => ({
  ...common(state, request),
  ...(state.settings.dynamicRegistration && { registration_endpoint: `${request.base}/oauth2/register` }),
  client_id_metadata_document_supported: true,
});

/** U27: revocation, introspection, PKCE methods and `none` are not published, and offered all the same. */
function common(state: State, { issuer, base, jwksUri }: PublicRequest): JsonObject {
  const { authorizationUrl } = state.settings;
  if (authorizationUrl === "") throw new StytchApiError("authorization_endpoint_not_configured_for_project");
  return {
    issuer,
    authorization_endpoint: authorizationUrl,
    token_endpoint: `${base}/oauth2/token`,
    revocation_endpoint: `${base}/oauth2/revoke`,
    introspection_endpoint: `${base}/oauth2/introspect`,
    jwks_uri: jwksUri,
    scopes_supported: [...STANDARD_SCOPES, ...state.policy.scopes.map(({ scope }) => scope)],
    response_types_supported: ["code"],
    grant_types_supported: GRANT_TYPES,
    code_challenge_methods_supported: ["S256"],
    token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post", "none"],
  };
}

/** GET /.well-known/jwks.json; the other family has its own address for the same keys. */
export const jwks: PublicEndpoint = (state) => state.signer.jwks();
