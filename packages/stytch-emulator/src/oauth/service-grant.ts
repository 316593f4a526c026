import { M2M_TOKEN_SECONDS, signM2mToken } from "../tokens/mint";
import { OAuthApiError } from "../wire/errors";
import { authenticateM2mClient } from "./client-authentication";
import type { PublicEndpoint } from "./public-endpoint";

/** grant_type=client_credentials, for M2M clients only. All of the client's scopes when none are named. */
export const serviceGrant: PublicEndpoint = async (state, request) => {
  const client = authenticateM2mClient(state, request);
  const wanted =
    request
      .field("scope")
      ?.split(" ")
      .filter((name) => name !== "") ?? client.scopes;
  if (!wanted.every((name) => client.scopes.includes(name))) {
    throw new OAuthApiError("invalid_scope", "invalid_m2m_client_scope");
  }
  const access_token = await signM2mToken(state, {
    clientId: client.client_id,
    scopes: wanted,
    issuer: request.issuer,
  });
  return { access_token, token_type: "bearer", expires_in: M2M_TOKEN_SECONDS };
};
