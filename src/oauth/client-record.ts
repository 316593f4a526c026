import type { ConnectedAppPublic } from "stytch";
import type { Caller } from "../caller/caller";
import { Failure } from "../failure";
import { isConnectedAppId } from "../stytch/ids";
import type { ClientRecord } from "../stytch/reads";

/** Clients in one page of a search. */
const PAGE_SIZE = 1000;
/** Apps register themselves, so there may be many; those behind these pages are not looked through. */
const MAX_PAGES = 10;

/**
 * An app may call itself by the address of its metadata document
 * (https://datatracker.ietf.org/doc/draft-ietf-oauth-client-id-metadata-document/), which no record can be got by.
 */
export async function findClient(caller: Caller, clientId: string): Promise<ClientRecord | null> {
  if (!isConnectedAppId(clientId)) return clientId.startsWith("https://") ? findByMetadata(caller, clientId) : null;
  try {
    return (await caller.stytch.getClient(clientId)).connected_app;
  } catch (error) {
    if (error instanceof Failure && error.isStytch("connected_app_not_found")) return null;
    throw error;
  }
}

/**
 * The app under its own id, by which lists, policies and the ledger know it, whatever the request called it. What
 * `authorizeStart` answers to an address is not documented: where it is the address again, the registered apps tell.
 */
export async function underOwnId(caller: Caller, client: ConnectedAppPublic): Promise<ConnectedAppPublic> {
  if (isConnectedAppId(client.client_id)) return client;
  const record = await findClient(caller, client.client_id);
  return record ? { ...client, client_id: record.client_id } : client;
}

/** One `clients.search` for each thousand apps: it knows no filter. */
async function findByMetadata({ stytch }: Caller, address: string): Promise<ClientRecord | null> {
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    stytch.meter.raise(1, "An app is looked for by its metadata document", "Name it by its id.");
    const { connected_apps, results_metadata } = await stytch.searchClients({
      limit: PAGE_SIZE,
      ...(cursor && { cursor }),
    });
    const found = connected_apps.find(({ client_id_metadata_url }) => client_id_metadata_url === address);
    if (found) return found;
    cursor = results_metadata.next_cursor || undefined;
    if (!cursor) break;
  }
  return null;
}
