import { z } from "zod";
import { authenticatedBody, sessionFields, updateSession } from "../operations/sessions";
import type { Session } from "../state/records";
import type { State } from "../state/state";
import { StytchApiError } from "../wire/errors";
import { parseFields, text } from "../wire/fields";
import type { Operation } from "../wire/operation";
import { findAccessToken } from "./find-token";

const MAX_AGE_MS = 5 * 60_000;
const fields = z.object({ access_token: text, ...sessionFields });

/** POST /v1/b2b/sessions/exchange_access_token: the session that the authorization was made with, once per token. */
export const exchangeAccessToken: Operation = async (state, { body }) => {
  const { access_token, ...given } = parseFields(fields, body);
  const session = await claimSession(state, access_token);
  updateSession(state, session, given);
  return { member_id: session.member_id, ...(await authenticatedBody(state, session)) };
};

async function claimSession(state: State, accessToken: string): Promise<Session> {
  const record = (await findAccessToken(state, accessToken))?.record;
  const now = state.clock().getTime();
  if (!record || record.exchanged) throw new StytchApiError("idp_access_token_could_not_be_exchanged");
  if (record.status !== "active") throw new StytchApiError("oauth_access_token_exchange_token_invalid_grant");
  if (!record.scopes.includes("full_access")) {
    throw new StytchApiError("oauth_access_token_exchange_missing_full_access");
  }
  const age = now - record.issued_at;
  if (age > MAX_AGE_MS || record.expires_at <= now) {
    throw new StytchApiError("oauth_access_token_exchange_token_too_old");
  }
  if (record.member_session_id === null) throw new StytchApiError("no_associated_session_passed_in");
  const session = state.sessions.get(record.member_session_id);
  if (!session || session.expires_at <= now) throw new StytchApiError("idp_access_token_could_not_be_exchanged");
  record.exchanged = true;
  session.exchanges.push({ client_id: record.client_id, at: now });
  return session;
}
