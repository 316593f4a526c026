import { OAuthApiError } from "../wire/errors";
import { codeGrant } from "./code-grant";
import type { PublicEndpoint } from "./public-endpoint";
import { refreshGrant } from "./refresh-grant";
import { serviceGrant } from "./service-grant";

const GRANTS: ReadonlyMap<string, PublicEndpoint> = new Map([
  ["authorization_code", codeGrant],
  ["refresh_token", refreshGrant],
  ["client_credentials", serviceGrant],
]);
export const GRANT_TYPES = [...GRANTS.keys()];

/** POST …/oauth2/token */
export const token: PublicEndpoint = (state, request) => {
  const type = request.field("grant_type");
  if (type === undefined) throw new OAuthApiError("invalid_request", "bad_request", "grant_type is required.");
  const grant = GRANTS.get(type);
  if (!grant) throw new OAuthApiError("unsupported_grant_type", "bad_request", "The grant_type is not supported.");
  return grant(state, request);
};
