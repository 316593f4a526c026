/**
 * What the emulator stores. Organizations, Members and RBAC policies are kept exactly as the wire shows them; the other
 * records keep what the wire hides (hashed secrets, bindings, expiry in epoch milliseconds).
 */

export type Metadata = Record<string, unknown>;

export type ConnectedAppRule = "ALL_ALLOWED" | "RESTRICTED" | "NOT_ALLOWED";

export interface Permission {
  resource_id: string;
  actions: string[];
}
export interface Role {
  role_id: string;
  description: string;
  permissions: Permission[];
}
export interface Policy {
  roles: Role[];
  resources: { resource_id: string; description: string; actions: string[] }[];
  scopes: { scope: string; description: string; permissions: Permission[] }[];
}
export interface OrganizationPolicy {
  roles: Role[];
}

export interface Organization {
  organization_id: string;
  organization_name: string;
  organization_logo_url: string;
  organization_slug: string;
  organization_external_id: string | null;
  sso_jit_provisioning: string;
  sso_jit_provisioning_allowed_connections: string[];
  sso_active_connections: { connection_id: string; display_name: string; identity_provider: string }[];
  sso_default_connection_id: string | null;
  scim_active_connection: null;
  email_allowed_domains: string[];
  email_jit_provisioning: string;
  email_invites: string;
  auth_methods: string;
  allowed_auth_methods: string[];
  mfa_policy: string;
  rbac_email_implicit_role_assignments: { domain: string; role_id: string }[];
  mfa_methods: string;
  allowed_mfa_methods: string[];
  oauth_tenant_jit_provisioning: string;
  allowed_oauth_tenants: Metadata | null;
  claimed_email_domains: string[];
  first_party_connected_apps_allowed_type: ConnectedAppRule;
  allowed_first_party_connected_apps: string[];
  third_party_connected_apps_allowed_type: ConnectedAppRule;
  allowed_third_party_connected_apps: string[];
  custom_roles: Role[];
  trusted_metadata: Metadata;
  created_at: string;
  updated_at: string;
}

export type MemberStatus = "pending" | "invited" | "active" | "deleted";

export interface MemberRole {
  role_id: string;
  sources: { type: string; details: Metadata }[];
}

export interface Member {
  organization_id: string;
  member_id: string;
  email_address: string;
  status: MemberStatus;
  name: string;
  external_id: string | null;
  sso_registrations: never[];
  is_breakglass: boolean;
  member_password_id: string;
  oauth_registrations: never[];
  email_address_verified: boolean;
  mfa_phone_number_verified: boolean;
  is_admin: boolean;
  totp_registration_id: string;
  retired_email_addresses: { email_id: string; email_address: string }[];
  is_locked: boolean;
  lock_created_at: null;
  lock_expires_at: null;
  scim_registration: null;
  mfa_enrolled: boolean;
  mfa_phone_number: string;
  default_mfa_method: string;
  roles: MemberRole[];
  trusted_metadata: Metadata;
  untrusted_metadata: Metadata;
  created_at: string;
  updated_at: string;
}

export const CLIENT_TYPES = ["first_party", "first_party_public", "third_party", "third_party_public"] as const;
export type ClientType = (typeof CLIENT_TYPES)[number];

/** Hashes and last four characters only: the text is shown once and kept nowhere. `next` exists while rotating. */
export interface StoredSecret {
  current: HashedSecret;
  next?: HashedSecret;
}
export interface HashedSecret {
  hash: Buffer;
  lastFour: string;
}

export interface ConnectedApp {
  client_id: string;
  client_type: ClientType;
  client_name: string;
  client_description: string;
  status: string;
  creation_method: string;
  redirect_urls: string[];
  post_logout_redirect_urls: string[];
  full_access_allowed: boolean;
  bypass_consent_for_offline_access: boolean;
  access_token_expiry_minutes: number;
  access_token_custom_audience: string;
  access_token_template_content: string;
  id_token_template_content: string;
  logo_url: string;
  client_id_metadata_url: string;
  /** `null` for public clients. */
  secret: StoredSecret | null;
}

export interface M2mClient {
  client_id: string;
  client_name: string;
  client_description: string;
  status: "active" | "inactive";
  scopes: string[];
  trusted_metadata: Metadata;
  secret: StoredSecret;
}

/** One app's recorded consent of one Member. */
export interface Grant {
  organization_id: string;
  member_id: string;
  client_id: string;
  /** Granted at the completion of the last authorization; earlier ones are not remembered. */
  scopes: string[];
}

export interface Session {
  member_session_id: string;
  session_token: string;
  organization_id: string;
  member_id: string;
  started_at: number;
  last_accessed_at: number;
  expires_at: number;
  custom_claims: Metadata;
  /** Access tokens of Connected Apps that were exchanged for this session. */
  exchanges: { client_id: string; at: number }[];
}

/** Who a code or token was issued to, and for whom. */
interface IssuedTo {
  client_id: string;
  organization_id: string;
  member_id: string;
  scopes: string[];
  /** The Member's session, when the authorization was made with one. */
  member_session_id: string | null;
  issued_at: number;
  expires_at: number;
}

export interface AuthorizationCode extends IssuedTo {
  code: string;
  redirect_uri: string;
  code_challenge: string | null;
  nonce: string | null;
  resources: string[];
  status: TokenStatus;
}

/** Ended records stay, so that their later use can be told apart from a token nobody ever issued. */
export type TokenStatus = "active" | "used" | "revoked" | "consent_revoked";

export interface RefreshToken extends IssuedTo {
  refresh_token: string;
  /** The code at the root of the chain: tokens that share it end together. */
  code: string;
  resources: string[];
  status: TokenStatus;
}

export interface AccessToken extends IssuedTo {
  jti: string;
  code: string;
  /** The refresh token it was issued beside or from. */
  refresh_token: string | null;
  status: TokenStatus;
  /** Exchanged for the Member's session, which works once. */
  exchanged: boolean;
}
