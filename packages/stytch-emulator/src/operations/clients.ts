import { z } from "zod";
import { isPublic, newClient } from "../defaults";
import { newId } from "../ids";
import type { ConnectedApp } from "../state/records";
import { hashSecret, lastFours, randomToken } from "../tokens/secrets";
import { flag, parseFields, text, texts } from "../wire/fields";
import type { Operation } from "../wire/operation";
import { pageOf } from "../wire/paging";
import { checkClient, parseClientType } from "./client-rules";

const fields = z.object({
  client_name: text.exactOptional(),
  client_description: text.exactOptional(),
  redirect_urls: texts.exactOptional(),
  full_access_allowed: flag.exactOptional(),
  access_token_expiry_minutes: z.number().exactOptional(),
  access_token_custom_audience: text.exactOptional(),
  access_token_template_content: text.exactOptional(),
  id_token_template_content: text.exactOptional(),
  post_logout_redirect_urls: texts.exactOptional(),
  logo_url: text.exactOptional(),
  bypass_consent_for_offline_access: flag.exactOptional(),
});

/** A client record as get, update and search show it: optional keys that are not set are `null`. */
export function clientView(client: ConnectedApp) {
  const { secret, logo_url, client_id_metadata_url, access_token_custom_audience, ...shown } = client;
  return {
    ...shown,
    ...(secret ? lastFours(secret) : { client_secret_last_four: null, next_client_secret_last_four: null }),
    logo_url: logo_url || null,
    client_id_metadata_url: client_id_metadata_url || null,
    access_token_custom_audience: access_token_custom_audience || null,
  };
}

/** The same without `creation_method`, which the responses that carry a secret lack. */
export function clientViewWithSecret(client: ConnectedApp) {
  const { creation_method, ...shown } = clientView(client);
  return shown;
}

/** POST /v1/connected_apps/clients: the only answer that ever shows the secret. */
export const createClient: Operation = (state, { body }) => {
  const client_type = parseClientType(body.client_type);
  const client_secret = isPublic({ client_type }) ? null : randomToken();
  const client = newClient({
    ...parseFields(fields, body),
    client_id: newId("connected-app"),
    client_type,
    secret: client_secret === null ? null : { current: hashSecret(client_secret) },
  });
  checkClient(client);
  state.clients.set(client.client_id, client);
  return { connected_app: { ...clientViewWithSecret(client), ...(client_secret !== null && { client_secret }) } };
};

/** GET /v1/connected_apps/clients/:client_id */
export const getClient: Operation<"client_id"> = (state, { params }) => ({
  connected_app: clientView(state.requireClient(params.client_id)),
});

/** PUT /v1/connected_apps/clients/:client_id: what is left out stays, lists are replaced, the type is fixed. */
export const updateClient: Operation<"client_id"> = (state, { params, body }) => {
  const known = state.requireClient(params.client_id);
  const client = { ...known, ...parseFields(fields, body) };
  checkClient(client);
  state.clients.set(client.client_id, client);
  return { connected_app: clientView(client) };
};

/** DELETE /v1/connected_apps/clients/:client_id. U14: its consents, codes and tokens vanish with it. */
export const deleteClient: Operation<"client_id"> = (state, { params }) => {
  const { client_id } = state.requireClient(params.client_id);
  for (const grant of state.grants.ofClient(client_id)) state.grants.forget(grant.member_id, client_id);
  state.tokens.forgetClient(client_id);
  state.clients.delete(client_id);
  return { client_id };
};

/** POST /v1/connected_apps/clients/search: no filters exist. */
export const searchClients: Operation = (state, { body }) => {
  const page = pageOf([...state.clients.values()], state.clients, (client) => client.client_id, body);
  return { connected_apps: page.records.map(clientView), results_metadata: page.results_metadata };
};
