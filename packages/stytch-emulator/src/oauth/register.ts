import { z } from "zod";
import { isPublic, newClient } from "../defaults";
import { newId } from "../ids";
import { checkRedirectUrls } from "../redirect-urls";
import type { ConnectedApp } from "../state/records";
import type { State } from "../state/state";
import { hashSecret, randomToken } from "../tokens/secrets";
import { OAuthApiError } from "../wire/errors";
import { parseFields, text, texts } from "../wire/fields";
import { json } from "../wire/operation";
import type { PublicEndpoint } from "./public-endpoint";

const METHODS = ["client_secret_basic", "client_secret_post", "none"] as const;

/** U29: other members of RFC 7591 are ignored. The default method is not that RFC's: Stytch documents `none`. */
const registrationFields = z.object({
  redirect_uris: texts.min(1),
  client_name: text.default(""),
  token_endpoint_auth_method: z.enum(METHODS).default("none"),
});

/** POST …/oauth2/register (RFC 7591): always a third-party client. */
export const register: PublicEndpoint = (state, { body }) => {
  if (!state.settings.dynamicRegistration) {
    throw new OAuthApiError("invalid_request", "dynamic_client_registration_not_enabled");
  }
  const { redirect_uris, client_name, token_endpoint_auth_method: method } = parseFields(registrationFields, body);
  const client_secret = method === "none" ? null : randomToken();
  const fresh = newClient({
    client_id: newId("connected-app"),
    client_type: method === "none" ? "third_party_public" : "third_party",
    secret: client_secret === null ? null : { current: hashSecret(client_secret) },
    client_name,
    redirect_urls: redirect_uris,
    creation_method: "DCR",
  });
  checkRedirectUrls(redirect_uris, isPublic(fresh));
  const client = registeredBefore(state, fresh) ?? fresh;
  state.clients.set(client.client_id, client);
  return json(201, {
    client_id: client.client_id,
    client_name,
    redirect_uris,
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    token_endpoint_auth_method: method,
    ...(client_secret !== null && { client_secret, client_secret_expires_at: 0 }),
  });
};

/** Public clients that register the same metadata again get the same client. */
function registeredBefore(state: State, { client_type, client_name, redirect_urls }: ConnectedApp) {
  if (!client_type.endsWith("_public")) return undefined;
  return [...state.clients.values()].find(
    (client) =>
      client.creation_method === "DCR" &&
      client.client_type === client_type &&
      client.client_name === client_name &&
      JSON.stringify(client.redirect_urls) === JSON.stringify(redirect_urls),
  );
}
