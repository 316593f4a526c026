import { GatewayError } from "../errors";
import { AuthorizationRefused } from "../oauth/refusal";
import { type UserError, UserErrorCode } from "./types/user-error.type";

/** Bad input found before anything was sent. Becomes the payload's `userErrors`. */
export class InputRefused extends Error {
  constructor(readonly userErrors: UserError[]) {
    super(userErrors.map(({ message }) => message).join(" "));
  }
}

export const userError = (code: UserErrorCode, field: string[] | null, message: string): UserError => ({
  code,
  field,
  message,
});

/**
 * Stytch's error types that a caller can cause and mend (stytch-api 1.3, 2, 3, 4.2), with the input field they speak
 * of. Everything else stays a top-level error.
 */
const BY_STYTCH_TYPE: Record<string, [code: UserErrorCode, field: string[] | null, message: string]> = {
  connected_app_not_found: [UserErrorCode.NOT_FOUND, ["clientId"], "There is no such Connected App."],
  member_not_found: [UserErrorCode.NOT_FOUND, ["memberId"], "There is no such Member in this Organization."],
  organization_not_found: [UserErrorCode.NOT_FOUND, ["organizationId"], "There is no such Organization."],
  session_authorization_tenancy_error: [UserErrorCode.NOT_FOUND, ["organizationId"], "There is no such Organization."],
  connected_app_already_rotating_secret: [
    UserErrorCode.ROTATION_IN_PROGRESS,
    ["clientId"],
    "A secret rotation is already open. Complete it or cancel it, then start again.",
  ],
  connected_app_not_rotating_secret: [
    UserErrorCode.ROTATION_NOT_STARTED,
    ["clientId"],
    "No secret rotation is open. Start one with rotateSecret.",
  ],
  public_connected_apps_do_not_have_secrets: [
    UserErrorCode.CLIENT_HAS_NO_SECRET,
    ["clientId"],
    "Public clients have no secret to rotate.",
  ],
  too_many_connected_apps: [
    UserErrorCode.LIMIT_REACHED,
    null,
    "The Stytch plan does not allow one more Connected App.",
  ],
  too_many_redirect_urls: [UserErrorCode.LIMIT_REACHED, ["redirectUrls"], "There are too many redirect URLs."],
  third_party_clients_cannot_use_full_access: [
    UserErrorCode.INVALID,
    ["fullAccessAllowed"],
    "Only first-party apps may have full access.",
  ],
  third_party_clients_require_consent_for_offline_access: [
    UserErrorCode.INVALID,
    ["bypassConsentForOfflineAccess"],
    "Only first-party apps may skip consent for offline access.",
  ],
  invalid_connected_app_type: [UserErrorCode.INVALID, ["clientType"], "This client type is not known to Stytch."],
  idp_invalid_access_token_expiry_minutes: [
    UserErrorCode.INVALID,
    ["accessTokenExpiryMinutes"],
    "Stytch does not accept this number of minutes.",
  ],
  idp_invalid_access_token_custom_audience: [
    UserErrorCode.INVALID,
    ["accessTokenCustomAudience"],
    "Stytch does not accept this audience.",
  ],
  idp_invalid_access_token_jwt_template: [
    UserErrorCode.INVALID,
    ["accessTokenTemplateContent"],
    "Stytch does not accept this template.",
  ],
  connected_app_not_allowed_for_org: [
    UserErrorCode.REFUSED_BY_POLICY,
    ["clientId"],
    "The Organization's Connected App policy does not allow this app.",
  ],
};

const REDIRECT_URL_TYPES = /^connected_app_(invalid_)?redirect_url/;
const TEMPLATE_TYPES = /^jwt_template_/;

/** `fields` renames what the table's field is called in this mutation's input, e.g. `clientId` to `connectedAppId`. */
export function toUserErrors(error: unknown, fields: Record<string, string> = {}): UserError[] | null {
  if (error instanceof InputRefused) return error.userErrors;
  if (error instanceof AuthorizationRefused) {
    return error.refusals.map(({ code, field, message }) => userError(UserErrorCode[code], field, message));
  }
  if (!(error instanceof GatewayError)) return null;
  const { stytchErrorType: type } = error.details;
  if (!type) return null;
  const known = BY_STYTCH_TYPE[type];
  if (known) {
    const [code, field, message] = known;
    return [userError(code, field?.map((name) => fields[name] ?? name) ?? null, message)];
  }
  if (REDIRECT_URL_TYPES.test(type)) return [userError(UserErrorCode.INVALID, ["redirectUrls"], error.message)];
  if (TEMPLATE_TYPES.test(type)) return [userError(UserErrorCode.INVALID, null, error.message)];
  return null;
}

/** Runs a mutation. Expected refusals become `userErrors` with nothing else in the payload; the rest is thrown. */
export async function answer<P extends { userErrors: UserError[] }>(
  work: () => Promise<Omit<P, "userErrors">>,
  fields?: Record<string, string>,
): Promise<P | { userErrors: UserError[] }> {
  try {
    return { ...(await work()), userErrors: [] };
  } catch (error) {
    const userErrors = toUserErrors(error, fields);
    if (!userErrors) throw error;
    return { userErrors };
  }
}
