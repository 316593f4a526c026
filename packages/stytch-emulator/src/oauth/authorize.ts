import { memberView } from "../roles";
import type { State } from "../state/state";
import { randomToken } from "../tokens/secrets";
import { StytchApiError } from "../wire/errors";
import type { Operation } from "../wire/operation";
import { type AuthorizationRequest, validateAuthorize, validateStart } from "./authorization-request";
import { isConsentRequired } from "./consent-rules";
import { withQuery } from "./with-query";

/** U26: the lifetime is published as "short". */
const CODE_SECONDS = 600;
/** U21: neither is published. */
const DENIAL = { error: "access_denied", error_description: "The resource owner denied the request." };

/** POST /v1/b2b/idp/oauth/authorize/start */
export const startAuthorize: Operation = async (state, { body }) => {
  const request = await validateStart(state, body);
  const { client, member, organization, scopes } = request;
  return {
    member_id: member.member_id,
    member: memberView(member, organization),
    organization,
    client: {
      client_id: client.client_id,
      client_name: client.client_name,
      client_description: client.client_description,
      client_type: client.client_type,
      logo_url: client.logo_url || null,
    },
    consent_required: needsConsent(state, request),
    scope_results: scopes,
  };
};

/** POST /v1/b2b/idp/oauth/authorize: validates afresh. A denial is a 200 without `authorization_code`. */
export const authorize: Operation = async (state, { body }) => {
  const request = await validateAuthorize(state, body);
  const { redirect_uri, consent_granted, state: echo } = request.fields;
  if (needsConsent(state, request) && !consent_granted) {
    return { redirect_uri: withQuery(redirect_uri, { ...DENIAL, state: echo }) };
  }
  const scopes = grantable(request);
  if (scopes.length === 0) {
    throw new StytchApiError("oauth_invalid_scope_requested", "None of the scopes can be granted."); // U24
  }
  recordConsent(state, request, scopes);
  const code = issueCode(state, request, scopes);
  return { redirect_uri: withQuery(redirect_uri, { code, state: echo }), authorization_code: code };
};

const grantable = ({ scopes }: AuthorizationRequest): string[] =>
  scopes.filter((result) => result.is_grantable).map((result) => result.scope);

const needsConsent = (state: State, request: AuthorizationRequest): boolean => {
  const { client, member } = request;
  return isConsentRequired({
    firstParty: client.client_type.startsWith("first_party"),
    bypassForOfflineAccess: client.bypass_consent_for_offline_access,
    promptConsent: request.promptConsent,
    requested: request.scopes.map(({ scope }) => scope),
    grantable: grantable(request),
    rule: state.settings.consentRule,
    recorded: state.grants.get(member.member_id, client.client_id)?.scopes ?? null,
    revoked: state.grants.mustAskAgain(member.member_id, client.client_id),
  });
};

/** U25: when the code is issued. What was granted before is replaced: the API shows the last authorization. */
function recordConsent(state: State, { client, member }: AuthorizationRequest, scopes: string[]): void {
  state.grants.record({
    organization_id: member.organization_id,
    member_id: member.member_id,
    client_id: client.client_id,
    scopes,
  });
}

type GrantedRequest = Awaited<ReturnType<typeof validateAuthorize>>;

function issueCode(state: State, { fields, client, member, session }: GrantedRequest, scopes: string[]): string {
  const code = randomToken();
  const now = state.clock().getTime();
  state.tokens.codes.set(code, {
    code,
    client_id: client.client_id,
    organization_id: member.organization_id,
    member_id: member.member_id,
    member_session_id: session?.member_session_id ?? null,
    scopes,
    redirect_uri: fields.redirect_uri,
    code_challenge: fields.code_challenge ?? null,
    nonce: fields.nonce ?? null,
    resources: fields.resources ?? [],
    status: "active",
    issued_at: now,
    expires_at: now + CODE_SECONDS * 1000,
  });
  return code;
}
