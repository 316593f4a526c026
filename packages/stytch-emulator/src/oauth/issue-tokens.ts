import { ORGANIZATION_CLAIM } from "../sessions";
import type { AuthorizationCode, ConnectedApp, RefreshToken } from "../state/records";
import type { State } from "../state/state";
import { randomToken } from "../tokens/secrets";
import { memberClaims } from "./claims";
import { templateClaims } from "./template-claims";

const ID_TOKEN_SECONDS = 3600;
/** Published as three months. */
export const REFRESH_TOKEN_MS = 90 * 24 * 3600 * 1000;

/** What a token is issued from, as codes and refresh tokens keep it. */
export type TokenSource = Pick<
  AuthorizationCode | RefreshToken,
  "code" | "client_id" | "organization_id" | "member_id" | "member_session_id" | "scopes" | "resources"
>;

export interface TokenOptions {
  issuer: string;
  refreshToken: string | null;
  issuedAt?: Date;
}

/** Signs an access token and records it, so that it can be introspected and revoked. */
export async function issueAccessToken(state: State, source: TokenSource, options: TokenOptions): Promise<string> {
  const { client, member, organization } = partiesOf(state, source);
  const iat = Math.floor((options.issuedAt ?? state.clock()).getTime() / 1000);
  const exp = iat + expirySeconds(client);
  const jti = randomToken();
  state.tokens.accessTokens.set(jti, {
    ...issuedTo(source),
    jti,
    refresh_token: options.refreshToken,
    status: "active",
    exchanged: false,
    issued_at: iat * 1000,
    expires_at: exp * 1000,
  });
  return state.signer.sign({
    ...templateClaims(client.access_token_template_content, member, organization),
    iss: options.issuer,
    sub: member.member_id,
    aud: audienceOf(state, client, source.resources),
    client_id: client.client_id,
    scope: source.scopes.join(" "),
    iat,
    nbf: iat,
    exp,
    jti,
    [ORGANIZATION_CLAIM]: { organization_id: organization.organization_id, slug: organization.organization_slug },
  });
}

/** U34: the requested resources come after the client's own audience. */
export const audienceOf = (state: State, client: ConnectedApp, resources: readonly string[]): string[] => [
  ...new Set([state.projectId, client.access_token_custom_audience, ...resources].filter((value) => value !== "")),
];

/** `aud` is the client alone: with more than one, OpenID Connect clients ask for `azp`. */
export function issueIdToken(state: State, source: TokenSource, issuer: string, nonce: string | null): Promise<string> {
  const { client, member, organization } = partiesOf(state, source);
  const iat = Math.floor(state.clock().getTime() / 1000);
  return state.signer.sign({
    ...templateClaims(client.id_token_template_content, member, organization),
    ...memberClaims(member, source.scopes),
    iss: issuer,
    sub: member.member_id,
    aud: [client.client_id],
    iat,
    nbf: iat,
    exp: iat + ID_TOKEN_SECONDS,
    ...(nonce !== null && { nonce }),
  });
}

export function issueRefreshToken(state: State, source: TokenSource): string {
  const refresh_token = randomToken();
  const now = state.clock().getTime();
  state.tokens.refreshTokens.set(refresh_token, {
    ...issuedTo(source),
    resources: source.resources,
    refresh_token,
    status: "active",
    issued_at: now,
    expires_at: now + REFRESH_TOKEN_MS,
  });
  return refresh_token;
}

/** A code has more fields than the tokens that come out of it should keep. */
const issuedTo = ({ code, client_id, organization_id, member_id, member_session_id, scopes }: TokenSource) => ({
  code,
  client_id,
  organization_id,
  member_id,
  member_session_id,
  scopes,
});

export const expirySeconds = (client: ConnectedApp): number => client.access_token_expiry_minutes * 60;

function partiesOf(state: State, source: TokenSource) {
  const member = state.requireMember(source.organization_id, source.member_id);
  const organization = state.requireOrganization(source.organization_id);
  return { client: state.requireClient(source.client_id), member, organization };
}
