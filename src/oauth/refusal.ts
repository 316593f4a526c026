import { GatewayError } from "../errors";

/** RFC 6749 4.1.2.1. */
export type OAuthError =
  | "invalid_request"
  | "unsupported_response_type"
  | "invalid_scope"
  | "unauthorized_client"
  | "server_error";

export interface Refusal {
  /** A `UserErrorCode`. */
  code: "INVALID" | "NOT_FOUND" | "REFUSED_BY_POLICY" | "SCOPE_NOT_GRANTABLE" | "REQUEST_EXPIRED" | "CONSENT_CHANGED";
  /** Path inside the mutation's input. */
  field: string[] | null;
  /** ASCII without quotes and backslashes, as `error_description` asks. */
  message: string;
  /** What the client is told; `null` where the client or its redirect URI is in doubt, so that nobody is sent there. */
  oauthError: OAuthError | null;
}

/** Where an answer goes: only ever a redirect URI that Stytch has said to be registered. */
export interface ReturnTarget {
  clientId: string;
  redirectUri: string;
  state?: string | undefined;
}

/** An expected reason not to go on. The mutations show it as `userErrors`, the page as a redirect or an error page. */
export class AuthorizationRefused extends Error {
  constructor(
    readonly refusals: readonly [Refusal, ...Refusal[]],
    /** Set once client and redirect URI are verified. */
    readonly returnTo: ReturnTarget | null = null,
  ) {
    super(refusals.map(({ message }) => message).join(" "));
  }
}

export const refuse = (
  code: Refusal["code"],
  field: string[] | null,
  message: string,
  oauthError: OAuthError | null = null,
): Refusal => ({ code, field, message, oauthError });

const requestField = ["authorizationRequestId"];
export const REQUEST_EXPIRED = refuse(
  "REQUEST_EXPIRED",
  requestField,
  "This authorization request is used, expired or not yours. Start again.",
);
export const CONSENT_CHANGED = refuse(
  "CONSENT_CHANGED",
  requestField,
  "What must be asked of the Member has changed since it was shown. Start again.",
);

export const NOTHING_CHOSEN = refuse(
  "SCOPE_NOT_GRANTABLE",
  ["scopes"],
  "Every box was empty. Go back and tick at least one, or choose Deny.",
);

const NOT_REGISTERED = "The redirect URI is not registered for this app. It must match a registered one exactly.";
const INCOMPLETE = "This app is not completely set up: it has no redirect URI.";
const BY_POLICY = "The Organization's Connected App policy does not allow this app.";
const NO_MEMBER = "There is no such Member in this Organization.";

/** stytch-api 7.4, rows 3 to 15; a session that has ended (row 9) stays an UNAUTHENTICATED error. */
const BY_STYTCH_TYPE: ReadonlyMap<string, Refusal> = new Map([
  ["connected_app_not_found", refuse("NOT_FOUND", ["clientId"], "There is no such Connected App.")],
  ["connected_app_misconfigured_client", refuse("INVALID", ["clientId"], INCOMPLETE)],
  ["connected_app_supplied_redirect_url_not_found_in_client", refuse("INVALID", ["redirectUri"], NOT_REGISTERED)],
  ["bad_request", refuse("INVALID", null, "Stytch could not read this request.")],
  [
    "organization_not_found",
    refuse("NOT_FOUND", ["member", "organizationId"], "There is no such Organization.", "server_error"),
  ],
  ["member_not_found", refuse("NOT_FOUND", ["member", "memberId"], NO_MEMBER, "server_error")],
  ["connected_app_not_allowed_for_org", refuse("REFUSED_BY_POLICY", ["clientId"], BY_POLICY, "unauthorized_client")],
  [
    "oauth_invalid_scope_requested",
    refuse("INVALID", ["scopes"], "A scope does not exist, or none was asked for that can be given.", "invalid_scope"),
  ],
  ["invalid_argument", refuse("INVALID", null, "Stytch does not accept a value of this request.", "invalid_request")],
  [
    "oidc_prompt_none_must_be_exclusive",
    refuse("INVALID", ["prompt"], "The prompt none cannot be combined.", "invalid_request"),
  ],
  [
    "invalid_pkce_code_challenge",
    refuse("INVALID", ["codeChallenge"], "The code challenge is malformed.", "invalid_request"),
  ],
]);

export const PKCE_REQUIRED = refuse(
  "INVALID",
  ["codeChallenge"],
  "Public clients must send a PKCE code challenge.",
  "invalid_request",
);

/** A failure of `authorizeStart` or `authorize` as a refusal; anything unexpected as it was. */
export function toRefusal(error: unknown, target: ReturnTarget): unknown {
  if (!(error instanceof GatewayError)) return error;
  const type = error.details.stytchErrorType ?? "";
  const refusal = type === "pkce_required_for_idp_authorization_flow" ? PKCE_REQUIRED : BY_STYTCH_TYPE.get(type);
  if (!refusal) return error;
  return new AuthorizationRefused([refusal], refusal.oauthError && target);
}
