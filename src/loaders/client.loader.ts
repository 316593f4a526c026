import DataLoader from "dataloader";
import type { ClientRecord } from "../stytch/client";
import { settle } from "./align-by-key";
import { MAX_UPSTREAM_LIMIT, type Page, type PageArguments, readPage } from "./page";
import { orNull, type Reader } from "./reader";

export type ClientLoader = DataLoader<string, ClientRecord | null>;

/**
 * Client records, for operators. One id: `clients.get`. More: one page of `clients.search`, which has no id filter, and
 * a `get` for each id that the page did not hold.
 */
export const createClientLoader = (reader: Reader): ClientLoader =>
  new DataLoader<string, ClientRecord | null>(
    async (ids) => {
      const listed = new Map<string, ClientRecord>();
      if (ids.length > 1) {
        const { connected_apps } = await reader.stytch.searchClients({ limit: MAX_UPSTREAM_LIMIT });
        for (const client of connected_apps) listed.set(client.client_id, client);
      }
      return settle(ids.map(async (id) => listed.get(id) ?? getClient(reader, id)));
    },
    { name: "client" },
  );

async function getClient(reader: Reader, id: string): Promise<ClientRecord | null> {
  return (await orNull("connected_app", reader.stytch.getClient(id)))?.connected_app ?? null;
}

/** One `clients.search`. */
export async function readClientPage(
  reader: Reader,
  loader: ClientLoader,
  page: PageArguments,
): Promise<Page<ClientRecord>> {
  const result = await readPage("connectedApps", page, async (request) => {
    const { connected_apps, results_metadata } = await reader.stytch.searchClients(request);
    return { rows: connected_apps, next: results_metadata.next_cursor, total: results_metadata.total };
  });
  for (const record of result.records) loader.prime(record.client_id, record);
  return result;
}
