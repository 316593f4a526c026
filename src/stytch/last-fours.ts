import type { ClientRecord } from "./reads";

/** By which a client's secrets are told apart: what Stytch shows of them. Null for a public client, or without a rotation. */
export const lastFoursOf = (
  client: Pick<ClientRecord, "client_secret_last_four" | "next_client_secret_last_four">,
): { lastFour: string | null; nextLastFour: string | null } => ({
  lastFour: client.client_secret_last_four || null,
  nextLastFour: client.next_client_secret_last_four || null,
});
