import type { Operation } from "../operation";
import type { ConnectedApp } from "../records";
import { pageOf } from "../search";
import { lastFours } from "../secrets";

/** A client record as get, update and search show it. U6: optional keys that are not set are left out. */
export function clientView(client: ConnectedApp) {
  const { secret, logo_url, client_id_metadata_url, access_token_custom_audience, ...fields } = client;
  return {
    ...fields,
    ...(secret && lastFours(secret)),
    ...(logo_url && { logo_url }),
    ...(client_id_metadata_url && { client_id_metadata_url }),
    ...(access_token_custom_audience && { access_token_custom_audience }),
  };
}

/** GET /v1/connected_apps/clients/:client_id */
export const getClient: Operation<"client_id"> = (state, { params }) => ({
  connected_app: clientView(state.requireClient(params.client_id)),
});

/** POST /v1/connected_apps/clients/search: no filters exist. */
export const searchClients: Operation = (state, { body }) => {
  const page = pageOf([...state.clients.values()], state.clients, (client) => client.client_id, body);
  return { connected_apps: page.records.map(clientView), results_metadata: page.results_metadata };
};
