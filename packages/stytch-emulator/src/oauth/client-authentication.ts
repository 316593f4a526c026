import type { ConnectedApp, M2mClient } from "../state/records";
import type { State } from "../state/state";
import { secretMatches } from "../tokens/secrets";
import { parseBasic } from "../wire/credentials";
import { OAuthApiError } from "../wire/errors";
import type { PublicRequest } from "./public-endpoint";

interface Presented {
  clientId: string;
  secret: string | undefined;
}

/** The Connected App that calls. Public ones name themselves only; confidential ones prove themselves. */
export function authenticateClient(state: State, request: PublicRequest): ConnectedApp {
  const { clientId, secret } = presented(request);
  const client = state.findClient(clientId);
  if (!client) throw new OAuthApiError("invalid_client", "invalid_client_id");
  const isProven = client.secret ? secret !== undefined && secretMatches(client.secret, secret) : secret === undefined;
  if (!isProven) throw new OAuthApiError("invalid_client", "invalid_client_secret");
  return client;
}

export function authenticateM2mClient(state: State, request: PublicRequest): M2mClient {
  const { clientId, secret } = presented(request);
  if (state.findClient(clientId)) throw new OAuthApiError("unauthorized_client", "invalid_client_id");
  const client = state.m2mClients.get(clientId);
  if (client?.status !== "active") throw new OAuthApiError("invalid_client", "invalid_client_id");
  if (secret === undefined || !secretMatches(client.secret, secret)) {
    throw new OAuthApiError("invalid_client", "invalid_client_secret");
  }
  return client;
}

/** In the body or as HTTP Basic, never both (RFC 6749 2.3). */
function presented({ headers, field }: PublicRequest): Presented {
  const clientId = field("client_id");
  const secret = field("client_secret");
  const basic = parseBasic(headers.authorization);
  if (!basic) {
    if (clientId === undefined)
      throw new OAuthApiError("invalid_client", "invalid_client_id", "client_id is required.");
    return { clientId, secret };
  }
  const username = formDecode(basic.username);
  if (secret !== undefined || (clientId !== undefined && clientId !== username)) {
    throw new OAuthApiError("invalid_request", "bad_request", "Use one way of client authentication.");
  }
  return { clientId: username, secret: formDecode(basic.password) || undefined };
}

/** RFC 6749 2.3.1: both parts are form-encoded before they are joined. */
function formDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}
