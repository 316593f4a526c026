import { z } from "zod";
import { isPublic } from "../defaults";
import { isAllowedBy } from "../organization-policy";
import { isRegistered } from "../redirect-urls";
import { requireSession } from "../sessions";
import type { ConnectedApp, Member, Organization, Session } from "../state/records";
import type { State } from "../state/state";
import { StytchApiError } from "../wire/errors";
import { flag, parseFields, text, texts } from "../wire/fields";
import type { JsonObject } from "../wire/json";
import { isWellFormed } from "./pkce";
import { type ScopeResult, scopeResults } from "./scopes";

const startFields = z.object({
  client_id: text,
  redirect_uri: text,
  response_type: text,
  scopes: texts,
  organization_id: text.exactOptional(),
  member_id: text.exactOptional(),
  session_token: text.exactOptional(),
  session_jwt: text.exactOptional(),
  prompt: text.exactOptional(),
});
const authorizeFields = startFields.extend({
  consent_granted: flag,
  state: text.exactOptional(),
  nonce: text.exactOptional(),
  code_challenge: text.exactOptional(),
  resources: texts.exactOptional(),
});
type StartFields = z.infer<typeof startFields>;
type AuthorizeFields = z.infer<typeof authorizeFields>;

export interface AuthorizationRequest<Fields extends StartFields = StartFields> {
  fields: Fields;
  client: ConnectedApp;
  member: Member;
  organization: Organization;
  /** The session that identified the Member, if one did. */
  session: Session | null;
  scopes: ScopeResult[];
  promptConsent: boolean;
}

export const validateStart = (state: State, body: JsonObject): Promise<AuthorizationRequest> =>
  validate(state, parseFields(startFields, body));

export async function validateAuthorize(
  state: State,
  body: JsonObject,
): Promise<AuthorizationRequest<AuthorizeFields>> {
  const request = await validate(state, parseFields(authorizeFields, body));
  checkChallenge(request.client, request.fields.code_challenge);
  return request;
}

/** U22: existence of client and redirect URI first, the challenge last. */
async function validate<Fields extends StartFields>(
  state: State,
  fields: Fields,
): Promise<AuthorizationRequest<Fields>> {
  const client = state.findClient(fields.client_id);
  if (!client) throw new StytchApiError("connected_app_not_found");
  if (client.redirect_urls.length === 0) throw new StytchApiError("connected_app_misconfigured_client");
  if (!isRegistered(client.redirect_urls, fields.redirect_uri)) {
    throw new StytchApiError("connected_app_supplied_redirect_url_not_found_in_client");
  }
  if (fields.response_type !== "code") {
    throw new StytchApiError("invalid_argument", "response_type must be code."); // U23
  }
  const { member, session } = await identify(state, fields);
  const organization = state.requireOrganization(member.organization_id);
  if (!isAllowedBy(organization, client)) throw new StytchApiError("connected_app_not_allowed_for_org");
  const scopes = checkScopes(state, member, client, fields.scopes);
  return { fields, client, member, organization, session, scopes, promptConsent: checkPrompt(fields.prompt) };
}

/** Exactly one of: an Organization and Member, a session token, a session JWT. */
async function identify(state: State, fields: StartFields): Promise<{ member: Member; session: Session | null }> {
  const { organization_id, member_id, session_token, session_jwt } = fields;
  const byId = organization_id !== undefined && member_id !== undefined;
  const hasAnyId = organization_id !== undefined || member_id !== undefined;
  const hasSession = session_token !== undefined || session_jwt !== undefined;
  if (!byId && !hasSession) throw new StytchApiError("no_oauth_authorize_member_selector");
  if (hasAnyId && hasSession) throw new StytchApiError("too_many_session_arguments");
  if (byId) return { member: state.requireMember(organization_id, member_id), session: null };
  const session = await requireSession(state, { session_token, session_jwt });
  return { member: state.requireMember(session.organization_id, session.member_id), session };
}

function checkScopes(state: State, member: Member, client: ConnectedApp, scopes: readonly string[]): ScopeResult[] {
  if (scopes.length === 0) throw new StytchApiError("oauth_invalid_scope_requested", "empty set of scopes requested");
  const results = scopeResults(state, member, client, scopes);
  if (!results) throw new StytchApiError("oauth_invalid_scope_requested");
  return results;
}

/** Whether `consent` is asked for, the only value that is supported. */
function checkPrompt(prompt = ""): boolean {
  const values = prompt.split(" ").filter((value) => value !== "");
  if (values.includes("none") && values.length > 1) throw new StytchApiError("oidc_prompt_none_must_be_exclusive");
  if (values.some((value) => value !== "consent")) {
    throw new StytchApiError("invalid_argument", "prompt must be consent."); // U23
  }
  return values.length > 0;
}

function checkChallenge(client: ConnectedApp, challenge: string | undefined): void {
  if (challenge === undefined) {
    if (isPublic(client)) throw new StytchApiError("pkce_required_for_idp_authorization_flow");
    return;
  }
  if (!isWellFormed(challenge)) throw new StytchApiError("invalid_pkce_code_challenge");
}
