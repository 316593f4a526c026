import { isPublic } from "../defaults";
import { checkRedirectUrls } from "../redirect-urls";
import { CLIENT_TYPES, type ClientType, type ConnectedApp } from "../state/records";
import { checkTemplate } from "../templates";
import { StytchApiError } from "../wire/errors";

/** U7: the bounds are not published. */
const EXPIRY_MINUTES = { min: 1, max: 1440 };
const MAX_AUDIENCE_LENGTH = 255;

export function parseClientType(value: unknown): ClientType {
  const type = CLIENT_TYPES.find((known) => known === value);
  if (!type) throw new StytchApiError("invalid_connected_app_type");
  return type;
}

/** What must hold for a client as a whole, new or changed. */
export function checkClient(client: ConnectedApp): void {
  if (client.client_type.startsWith("third_party")) {
    if (client.full_access_allowed) throw new StytchApiError("third_party_clients_cannot_use_full_access");
    if (client.bypass_consent_for_offline_access) {
      throw new StytchApiError("third_party_clients_require_consent_for_offline_access");
    }
  }
  checkRedirectUrls(client.redirect_urls, isPublic(client));
  checkRedirectUrls(client.post_logout_redirect_urls, isPublic(client));
  const { access_token_expiry_minutes: minutes, access_token_custom_audience: audience } = client;
  if (!Number.isInteger(minutes) || minutes < EXPIRY_MINUTES.min || minutes > EXPIRY_MINUTES.max) {
    throw new StytchApiError("idp_invalid_access_token_expiry_minutes");
  }
  if (/\s/.test(audience) || audience.length > MAX_AUDIENCE_LENGTH) {
    throw new StytchApiError("idp_invalid_access_token_custom_audience");
  }
  checkTemplate(client.access_token_template_content, "idp_invalid_access_token_jwt_template");
  checkTemplate(client.id_token_template_content, "jwt_template_invalid_json");
}
