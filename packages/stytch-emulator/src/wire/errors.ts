/** The API's own errors: type, status and text. Statuses marked U3 are not published; 400 was chosen. */
const ERRORS = {
  bad_request: [400, "The request was malformed or invalid."],
  invalid_argument: [400, "One of the arguments is invalid."],
  unauthorized_credentials: [401, "Unauthorized credentials."],
  session_authorization_error: [403, "The Member is not authorized to perform the requested action on that resource."],
  session_authorization_tenancy_error: [
    403,
    "OrganizationID in AuthorizationCheck request does not match session's Organization ID",
  ],
  control_plane_is_local: [403, "The control plane answers to this machine only."], // ours
  route_not_found: [404, "The requested route was not found."],
  method_not_allowed: [405, "The requested method is not allowed on this route."], // U2
  not_emulated: [501, "Stytch has this route and stytch-emulator does not; its README lists what is left out."], // ours
  too_many_requests: [429, "Too many requests have been made."],
  internal_server_error: [
    500,
    "Oops, something seems to have gone wrong, please reach out to support@stytch.com to let us know what went wrong.",
  ],

  organization_not_found: [404, "The organization could not be found."],
  member_phone_number_not_found: [404, "The Member has no phone number."],
  totp_not_found: [404, "The Member has no TOTP registration."],
  retired_email_not_found: [404, "The Member has no such retired email address."], // ours: no type is published
  retired_email_missing_email_identifiers: [400, "Provide email_id or email_address."],
  member_not_found: [404, "The member could not be found."],
  connected_app_not_found: [404, "The Connected App requested could not be found."],
  m2m_client_not_found: [404, "The M2M client could not be found."],
  session_not_found: [404, "Session could not be found."],

  invalid_connected_app_type: [400, "client_type is not one of the Connected App types."],
  third_party_clients_cannot_use_full_access: [400, "Only first party clients may use full access."],
  third_party_clients_require_consent_for_offline_access: [
    400,
    "Third party clients always require consent for offline access.",
  ],
  idp_invalid_access_token_expiry_minutes: [400, "access_token_expiry_minutes is out of range."],
  idp_invalid_access_token_custom_audience: [400, "access_token_custom_audience is not valid."],
  idp_invalid_access_token_jwt_template: [400, "access_token_template_content must be a JSON object."],
  jwt_template_invalid_json: [400, "The template must be a JSON object."],
  jwt_template_invalid_tag: [400, "The template contains an unknown tag."],
  jwt_template_mismatched_tag: [400, "The template contains an unbalanced tag."],
  connected_app_invalid_redirect_url: [400, "A redirect URL is not valid."],
  connected_app_redirect_url_must_include_scheme: [400, "A redirect URL must include a scheme."],
  connected_app_redirect_url_must_use_https_scheme: [400, "A redirect URL must use the https scheme."],
  connected_app_redirect_url_must_use_http_or_https_scheme: [400, "A redirect URL must use http or https."],
  connected_app_redirect_url_http_scheme_must_use_loopback: [400, "A redirect URL over http must be a loopback URL."],
  too_many_redirect_urls: [400, "Too many redirect URLs."],
  connected_app_already_rotating_secret: [400, "The Connected App's secret is already being rotated."], // U3
  connected_app_not_rotating_secret: [400, "The Connected App's secret is not being rotated."], // U3
  public_connected_apps_do_not_have_secrets: [400, "Public Connected Apps do not have secrets."], // U3
  m2m_client_already_rotating_secret: [400, "The M2M client's secret is already being rotated."],
  m2m_client_not_rotating_secret: [400, "The M2M client's secret is not being rotated."],
  invalid_m2m_client_scope: [400, "A scope is not valid."],
  m2m_client_invalid_status: [400, "status must be active or inactive."],
  m2m_search_missing_filter_name: [400, "An operand lacks filter_name."],
  m2m_search_filter_name_must_be_string: [400, "filter_name must be a string."],
  m2m_search_filter_name_not_recognized: [400, "filter_name is not recognized."],
  m2m_search_missing_filter_value: [400, "An operand lacks filter_value."],
  m2m_search_expected_array_of_strings: [400, "filter_value must be an array of strings."],
  m2m_client_invalid_client_id: [400, "client_id must be 1 to 128 characters."],
  m2m_client_invalid_client_secret: [400, "client_secret must be visible characters."],
  insecure_m2m_client_secret: [400, "client_secret is too short or too simple."],
  duplicate_m2m_client_id: [400, "An M2M client with this client_id already exists."],

  organization_name_missing: [400, "organization_name is required."],
  invalid_organization_name: [400, "organization_name is not valid."],
  invalid_organization_slug: [400, "organization_slug is not valid."],
  organization_slug_already_used: [400, "organization_slug is already used."],
  invalid_organization_external_id: [400, "organization_external_id is not valid."],
  invalid_organization_auth_factor_setting: [400, "The setting must be ALL_ALLOWED, RESTRICTED or NOT_ALLOWED."],
  invalid_organization_auth_factor_setting_for_email_jit_provisioning: [
    400,
    "email_jit_provisioning must be RESTRICTED or NOT_ALLOWED.",
  ],
  invalid_organization_auth_factor_setting_for_oauth_tenant_jit_provisioning: [
    400,
    "oauth_tenant_jit_provisioning must be RESTRICTED or NOT_ALLOWED.",
  ],
  invalid_organization_auth_method_settings: [400, "auth_methods must be ALL_ALLOWED or RESTRICTED."],
  invalid_organization_allowed_auth_methods: [400, "allowed_auth_methods names an unknown method."],
  allowed_auth_methods_required_for_restricted: [400, "RESTRICTED auth_methods need allowed_auth_methods."],
  invalid_organization_mfa_policy: [400, "mfa_policy must be REQUIRED_FOR_ALL or OPTIONAL."],
  invalid_organization_mfa_factor_setting: [400, "mfa_methods must be ALL_ALLOWED or RESTRICTED."],
  invalid_organization_allowed_mfa_methods: [400, "allowed_mfa_methods must be sms_otp or totp."],
  allowed_mfa_methods_required_for_restricted: [400, "RESTRICTED mfa_methods need allowed_mfa_methods."],
  organization_settings_invalid_domain: [400, "A domain of email_allowed_domains is not valid."],
  organization_settings_domain_too_common: [400, "A common email domain is not allowed."],
  organization_settings_duplicate_domain: [400, "A domain of email_allowed_domains is listed twice."],
  organization_settings_invalid_claimed_domain: [400, "A domain of claimed_email_domains is not valid."],
  organization_settings_claimed_domain_too_common: [400, "A common email domain cannot be claimed."],
  rbac_invalid_domain: [400, "The domain of an implicit role assignment is not valid."],
  rbac_domain_too_common: [400, "A common email domain cannot have implicit roles."],
  empty_rbac_role_id: [400, "role_id must not be empty."],
  empty_rbac_resource_id: [400, "resource_id must not be empty."],
  rbac_role_duplicate: [400, "A role_id is used twice."],
  rbac_org_custom_roles_only: [400, "An Organization's policy may hold its own roles only."],
  invalid_rbac_stytch_role_edit: [400, "Stytch's default roles cannot be edited."],
  invalid_rbac_custom_role: [400, "A role names a resource or action that the project's policy does not have."],
  rbac_role_missing_permissions: [400, "A role needs at least one permission."],
  rbac_permission_missing_actions: [400, "A permission needs at least one action."],
  organization_external_id_already_used: [400, "organization_external_id is already used."],
  invalid_email: [400, "email_address is not valid."],
  duplicate_member_email: [400, "A member with this email_address already exists in the organization."],
  duplicate_member_external_id: [400, "A member with this external_id already exists in the organization."],
  invalid_member_get_fields: [400, "Provide member_id or email_address."],
  invalid_rbac_role_assignment: [400, "A role to be assigned does not exist."],
  cannot_assign_default_rbac_role_id: [400, "The default role is held by every Member and cannot be assigned."],
  cannot_update_trusted_metadata: [400, "trusted_metadata cannot be updated when acting as a Member."],
  no_deleted_member_found_for_reactivation: [400, "There is no deleted Member to reactivate."], // U3
  member_cannot_update_their_email_address: [400, "Members cannot update their own email address."], // U3
  retired_member_email: [400, "This email_address is a retired address of another Member."],
  invalid_phone_number: [400, "The phone number must be in E.164 format."],
  duplicate_member_phone_number: [400, "Another Member has this phone number."],
  duplicate_member_phone_number_for_member: [400, "The Member already has a phone number; delete it first."],
  invalid_mfa_default_method: [400, "default_mfa_method must be sms_otp or totp."],
  email_unverified_for_reactivation: [400, "The Member has no verified email address."],

  no_session_revoke_arguments: [400, "Provide member_session_id, session_token, session_jwt or member_id."],
  too_many_session_revoke_arguments: [400, "Provide only one way to name the sessions to revoke."],
  custom_claims_too_large: [400, "The custom claims exceed four kilobytes."],
  no_session_arguments: [400, "Provide a session_token or a session_jwt."], // U3
  too_many_session_arguments: [400, "Provide only one of session_token and session_jwt."], // U1
  unable_to_parse_session_jwt: [400, "The session JWT could not be parsed."],
  jwt_invalid_audience: [400, "The session JWT has another audience."],
  jwt_invalid_issuer: [400, "The session JWT has another issuer."],
  jwt_invalid_claims: [400, "The session JWT lacks claims."],
  invalid_session_duration_minutes: [400, "session_duration_minutes must be between 5 and 527040."],

  connected_app_misconfigured_client: [400, "The Connected App has no redirect URL."],
  connected_app_supplied_redirect_url_not_found_in_client: [
    401,
    "The redirect URL supplied in the request is not registered to the client.",
  ],
  no_oauth_authorize_member_selector: [400, "Provide organization_id and member_id, or a session."],
  connected_app_not_allowed_for_org: [400, "The Organization does not allow this Connected App."], // U3
  oauth_invalid_scope_requested: [400, "A requested scope does not exist."],
  oidc_prompt_none_must_be_exclusive: [400, "prompt=none cannot be combined with other values."],
  pkce_required_for_idp_authorization_flow: [400, "Public Connected Apps must use PKCE."],
  invalid_pkce_code_challenge: [400, "code_challenge must be 43 to 128 URL-safe characters."],

  invalid_client_id: [400, "The client_id is not valid."],
  invalid_client_secret: [400, "The client_secret is not valid."],
  idp_auth_code_not_found: [404, "The authorization code could not be found."],
  idp_auth_code_expired: [400, "The authorization code has expired."],
  idp_refresh_token_not_found: [404, "The refresh token could not be found."],
  idp_refresh_token_expired: [400, "The refresh token has expired."],
  idp_refresh_token_already_used: [400, "The refresh token was already used."],
  idp_access_token_not_found: [404, "The access token could not be found."],
  idp_access_token_expired: [400, "The access token has expired."],
  connected_app_consent_revoked: [
    401,
    "The Connected App's permission has been revoked. Complete another authorization flow to re-enable access.",
  ],
  pkce_mismatch: [400, "The code_verifier does not match the code_challenge."],
  pkce_expected_code_verifier: [400, "A code_verifier is required."],
  pkce_did_not_expect_code_verifier: [400, "No code_challenge was sent, so no code_verifier is expected."],
  invalid_pkce_code_verifier: [400, "code_verifier must be 43 to 128 URL-safe characters."],
  dynamic_client_registration_not_enabled: [400, "Dynamic client registration is not enabled."], // U3
  authorization_endpoint_not_configured_for_project: [400, "The project has no Authorization URL."],
  oauth_access_token_exchange_missing_full_access: [400, "The access token lacks the full_access scope."],
  oauth_access_token_exchange_token_invalid_grant: [400, "The access token was revoked."],
  oauth_access_token_exchange_token_too_old: [400, "The access token is older than 5 minutes."],
  idp_access_token_could_not_be_exchanged: [404, "The access token could not be exchanged."],
  no_associated_session_passed_in: [400, "The authorization was not linked to a session."],

  user_search_invalid_limit: [400, "limit must be between 0 and 1000."],
  user_search_invalid_cursor: [400, "The cursor is not valid."],
  user_search_invalid_operator: [400, "The operator must be AND or OR."],
  user_search_maximum_filter_value_count_exceeded: [400, "A filter has too many values."],
  search_invalid_status_filter: [400, "A status in the filter is not valid."],
  organization_search_missing_filter_name: [400, "An operand lacks filter_name."],
  organization_search_filter_name_must_be_string: [400, "filter_name must be a string."],
  organization_search_filter_name_not_recognized: [400, "filter_name is not recognized."],
  organization_search_missing_filter_value: [400, "An operand lacks filter_value."],
  organization_search_expected_array_of_strings: [400, "filter_value must be an array of strings."],
  organization_search_expected_string: [400, "filter_value must be a string."],
  organization_search_expected_boolean: [400, "filter_value must be a boolean."],
  organization_search_organization_name_fuzzy_too_short: [400, "Fuzzy filters need 3 or more characters."],
  organization_search_organization_slug_fuzzy_too_short: [400, "Fuzzy filters need 3 or more characters."],
  organization_search_member_email_fuzzy_too_short: [400, "Fuzzy filters need 3 or more characters."],
  organization_search_allowed_domain_fuzzy_too_short: [400, "Fuzzy filters need 3 or more characters."],
  member_search_missing_filter_name: [400, "An operand lacks filter_name."],
  member_search_filter_name_must_be_string: [400, "filter_name must be a string."],
  member_search_filter_name_not_recognized: [400, "filter_name is not recognized."],
  member_search_missing_filter_value: [400, "An operand lacks filter_value."],
  member_search_expected_array_of_strings: [400, "filter_value must be an array of strings."],
  member_search_expected_string: [400, "filter_value must be a string."],
  member_search_expected_boolean: [400, "filter_value must be a boolean."],
  member_search_member_email_fuzzy_too_short: [400, "Fuzzy filters need 3 or more characters."],
  member_search_member_mfa_phone_number_fuzzy_too_short: [400, "Fuzzy filters need 3 or more characters."],
  member_search_missing_organization_id: [400, "organization_ids is required."],
  member_search_organization_ids_empty: [400, "organization_ids must not be empty."],
  member_search_cannot_mix_internal_and_external_member_ids: [400, "Use member ids or external ids, not both."],
} as const satisfies Record<string, readonly [status: number, message: string]>;

export type ErrorType = keyof typeof ERRORS;

/** Thrown by an operation; the server turns it into the API's standard error body. */
export class StytchApiError extends Error {
  readonly status: number;

  constructor(
    readonly errorType: ErrorType,
    message?: string,
  ) {
    super(message ?? ERRORS[errorType][1]);
    this.status = ERRORS[errorType][0];
  }

  body(requestId: string): Record<string, unknown> {
    return errorBody(this.status, requestId, this.errorType, this.message);
  }
}

/** RFC 6749 error codes that the public endpoints answer with. */
export type OAuthErrorCode =
  | "invalid_request"
  | "invalid_client"
  | "invalid_grant"
  | "unauthorized_client"
  | "unsupported_grant_type"
  | "invalid_scope"
  | "invalid_token"
  | "insufficient_scope";

/** U28: public OAuth endpoints fail in the OAuth shape, with Stytch's own type beside it. */
export class OAuthApiError extends StytchApiError {
  constructor(
    readonly code: OAuthErrorCode,
    errorType: ErrorType,
    message?: string,
  ) {
    super(errorType, message);
  }

  override body(requestId: string): Record<string, unknown> {
    return {
      status_code: this.status,
      request_id: requestId,
      error: this.code,
      error_description: this.message,
      error_uri: errorUrl(this.status, this.errorType),
      error_type: this.errorType,
    };
  }
}

export function errorBody(status: number, requestId: string, errorType: string, message: string) {
  return {
    status_code: status,
    request_id: requestId,
    error_type: errorType,
    error_message: message,
    error_url: errorUrl(status, errorType),
  };
}

const errorUrl = (status: number, errorType: string): string =>
  `https://stytch.com/docs/api-reference/b2b/api/errors/${status}#${errorType}`;
