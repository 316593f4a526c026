import { z } from "zod";
import { newId } from "../ids";
import { search } from "../search";
import type { M2mClient, StoredSecret } from "../state/records";
import type { State } from "../state/state";
import { hashSecret, lastFours, randomToken } from "../tokens/secrets";
import { StytchApiError } from "../wire/errors";
import { metadata, parseFields, text, texts } from "../wire/fields";
import type { Operation } from "../wire/operation";

const fields = {
  client_name: text.exactOptional(),
  client_description: text.exactOptional(),
  trusted_metadata: metadata.exactOptional(),
};
const createFields = z.object({
  ...fields,
  scopes: texts,
  client_id: text.exactOptional(),
  client_secret: text.exactOptional(),
});
const updateFields = z.object({ ...fields, scopes: texts.exactOptional(), status: text.exactOptional() });

/** A scope is one word, for tokens list them separated by spaces. */
function checkScopes(scopes: readonly string[]): void {
  if (!scopes.every((scope) => /^\S+$/.test(scope))) throw new StytchApiError("invalid_m2m_client_scope");
}

/** U41: at least 8 characters are documented, "entropy requirements" are not: half a dozen different ones here. */
function checkCredentials(clientId: string, secret: string): void {
  if (clientId === "" || clientId.length > 128) throw new StytchApiError("m2m_client_invalid_client_id");
  if (!/^[\x21-\x7e]*$/.test(secret)) throw new StytchApiError("m2m_client_invalid_client_secret");
  if (secret.length < 8 || new Set(secret).size < 6) throw new StytchApiError("insecure_m2m_client_secret");
}

const view = ({ secret, ...shown }: M2mClient) => ({ ...shown, ...lastFours(secret) });

/** POST /v1/m2m/clients: the only answer that shows the secret. */
export const createM2mClient: Operation = (state, { body }) => {
  const { client_secret = randomToken(), client_id = newId("m2m-client"), ...given } = parseFields(createFields, body);
  checkScopes(given.scopes);
  checkCredentials(client_id, client_secret);
  if (state.m2mClients.has(client_id)) throw new StytchApiError("duplicate_m2m_client_id");
  const client: M2mClient = {
    client_name: "",
    client_description: "",
    status: "active",
    trusted_metadata: {},
    ...given,
    client_id,
    secret: { current: hashSecret(client_secret) },
  };
  state.m2mClients.set(client_id, client);
  return { m2m_client: { ...view(client), client_secret } };
};

/** GET /v1/m2m/clients/:client_id */
export const getM2mClient: Operation<"client_id"> = (state, { params }) => ({
  m2m_client: view(state.requireM2mClient(params.client_id)),
});

/** PUT /v1/m2m/clients/:client_id */
export const updateM2mClient: Operation<"client_id"> = (state, { params, body }) => {
  const known = state.requireM2mClient(params.client_id);
  const { status = known.status, ...given } = parseFields(updateFields, body);
  if (status !== "active" && status !== "inactive") throw new StytchApiError("m2m_client_invalid_status");
  if (given.scopes) checkScopes(given.scopes);
  const client: M2mClient = { ...known, ...given, status };
  state.m2mClients.set(client.client_id, client);
  return { m2m_client: view(client) };
};

/** DELETE /v1/m2m/clients/:client_id */
export const deleteM2mClient: Operation<"client_id"> = (state, { params }) => {
  const { client_id } = state.requireM2mClient(params.client_id);
  state.m2mClients.delete(client_id);
  return { client_id };
};

/** POST /v1/m2m/clients/search */
export const searchM2mClients: Operation = (state, { body }) => {
  const page = search<M2mClient>(
    {
      prefix: "m2m_search",
      table: state.m2mClients,
      idOf: (client) => client.client_id,
      all: () => state.m2mClients.values(),
      filters: {
        client_id: { takes: "strings", matches: (client, ids) => ids.has(client.client_id) },
        client_name: { takes: "strings", matches: (client, names) => names.has(client.client_name) },
        scopes: { takes: "strings", matches: (client, scopes) => client.scopes.some((scope) => scopes.has(scope)) },
      },
    },
    body,
  );
  return { m2m_clients: page.records.map(view), results_metadata: page.results_metadata };
};

/** POST /v1/m2m/clients/:client_id/secrets/rotate/start */
export const startM2mSecretRotation: Operation<"client_id"> = (state, { params }) => {
  const { client_id, secret } = state.requireM2mClient(params.client_id);
  if (secret.next) throw new StytchApiError("m2m_client_already_rotating_secret");
  const next_client_secret = randomToken();
  const rotating = saveSecret(state, client_id, { current: secret.current, next: hashSecret(next_client_secret) });
  return { m2m_client: { ...view(rotating), next_client_secret } };
};

/** POST /v1/m2m/clients/:client_id/secrets/rotate */
export const completeM2mSecretRotation: Operation<"client_id"> = (state, { params }) => {
  const { client_id, secret } = state.requireM2mClient(params.client_id);
  if (!secret.next) throw new StytchApiError("m2m_client_not_rotating_secret");
  return { m2m_client: view(saveSecret(state, client_id, { current: secret.next })) };
};

/** POST /v1/m2m/clients/:client_id/secrets/rotate/cancel */
export const cancelM2mSecretRotation: Operation<"client_id"> = (state, { params }) => {
  const { client_id, secret } = state.requireM2mClient(params.client_id);
  if (!secret.next) throw new StytchApiError("m2m_client_not_rotating_secret");
  return { m2m_client: view(saveSecret(state, client_id, { current: secret.current })) };
};

function saveSecret(state: State, clientId: string, secret: StoredSecret): M2mClient {
  const client = { ...state.requireM2mClient(clientId), secret };
  state.m2mClients.set(clientId, client);
  return client;
}
