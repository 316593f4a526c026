import type { ConnectedApp, StoredSecret } from "../state/records";
import type { State } from "../state/state";
import { hashSecret, randomToken } from "../tokens/secrets";
import { StytchApiError } from "../wire/errors";
import type { Operation } from "../wire/operation";
import { clientView, clientViewWithSecret } from "./clients";

/** POST /v1/connected_apps/clients/:client_id/secrets/rotate/start: from here both secrets work. */
export const startSecretRotation: Operation<"client_id"> = (state, { params }) => {
  const { client, secret } = requireSecret(state, params.client_id);
  if (secret.next) throw new StytchApiError("connected_app_already_rotating_secret");
  const next_client_secret = randomToken();
  const rotating = save(state, client, { current: secret.current, next: hashSecret(next_client_secret) });
  return { connected_app: { ...clientViewWithSecret(rotating), next_client_secret } };
};

/** POST /v1/connected_apps/clients/:client_id/secrets/rotate: the new secret takes over, the old one dies at once. U32: tokens stay. */
export const completeSecretRotation: Operation<"client_id"> = (state, { params }) => {
  const { client, secret } = requireSecret(state, params.client_id);
  if (!secret.next) throw new StytchApiError("connected_app_not_rotating_secret");
  return { connected_app: clientView(save(state, client, { current: secret.next })) };
};

/** POST /v1/connected_apps/clients/:client_id/secrets/rotate/cancel: the new secret dies, the old one stays. */
export const cancelSecretRotation: Operation<"client_id"> = (state, { params }) => {
  const { client, secret } = requireSecret(state, params.client_id);
  if (!secret.next) throw new StytchApiError("connected_app_not_rotating_secret");
  return { connected_app: clientView(save(state, client, { current: secret.current })) };
};

function requireSecret(state: State, clientId: string): { client: ConnectedApp; secret: StoredSecret } {
  const client = state.requireClient(clientId);
  if (!client.secret) throw new StytchApiError("public_connected_apps_do_not_have_secrets");
  return { client, secret: client.secret };
}

function save(state: State, client: ConnectedApp, secret: StoredSecret): ConnectedApp {
  const changed = { ...client, secret };
  state.clients.set(client.client_id, changed);
  return changed;
}
