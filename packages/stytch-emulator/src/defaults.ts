import type { ConnectedApp, Member, MemberRole, Organization } from "./state/records";

/** A new Organization as the API fills it in. Optional keys that are not set are `null` on the wire. */
export const newOrganization = (
  fields: Pick<Organization, "organization_id" | "organization_name" | "organization_slug"> & Partial<Organization>,
  now: string,
): Organization => ({
  organization_logo_url: "",
  organization_external_id: null,
  sso_default_connection_id: null,
  scim_active_connection: null,
  allowed_oauth_tenants: null,
  sso_jit_provisioning: "ALL_ALLOWED",
  sso_jit_provisioning_allowed_connections: [],
  sso_active_connections: [],
  email_allowed_domains: [],
  email_jit_provisioning: "NOT_ALLOWED",
  email_invites: "ALL_ALLOWED",
  auth_methods: "ALL_ALLOWED",
  allowed_auth_methods: [],
  mfa_policy: "OPTIONAL",
  rbac_email_implicit_role_assignments: [],
  mfa_methods: "ALL_ALLOWED",
  allowed_mfa_methods: [],
  oauth_tenant_jit_provisioning: "NOT_ALLOWED",
  claimed_email_domains: [],
  first_party_connected_apps_allowed_type: "ALL_ALLOWED",
  allowed_first_party_connected_apps: [],
  third_party_connected_apps_allowed_type: "ALL_ALLOWED",
  allowed_third_party_connected_apps: [],
  custom_roles: [],
  trusted_metadata: {},
  created_at: now,
  updated_at: now,
  ...fields,
});

export const newMember = (
  fields: Pick<Member, "organization_id" | "member_id" | "email_address"> & Partial<Member>,
  now: string,
): Member => ({
  status: "active",
  name: "",
  sso_registrations: [],
  is_breakglass: false,
  member_password_id: "",
  oauth_registrations: [],
  email_address_verified: fields.status === undefined || fields.status === "active",
  mfa_phone_number_verified: false,
  is_admin: fields.roles?.some((role) => role.role_id === ADMIN_ROLE) ?? false,
  totp_registration_id: "",
  retired_email_addresses: [],
  is_locked: false,
  lock_created_at: null,
  lock_expires_at: null,
  scim_registration: null,
  external_id: null,
  mfa_enrolled: false,
  mfa_phone_number: "",
  default_mfa_method: "",
  roles: [],
  trusted_metadata: {},
  untrusted_metadata: {},
  created_at: now,
  updated_at: now,
  ...fields,
});

export const ADMIN_ROLE = "stytch_admin";

export const directRoles = (roleIds: readonly string[]): MemberRole[] =>
  roleIds.map((role_id) => ({ role_id, sources: [{ type: "direct_assignment", details: {} }] }));

/** U6: names left out are empty. U9: the status is always `active`. U10: `API` unless said otherwise. */
export const newClient = (
  fields: Pick<ConnectedApp, "client_id" | "client_type" | "secret"> & Partial<ConnectedApp>,
): ConnectedApp => ({
  client_name: "",
  client_description: "",
  status: "active",
  creation_method: "API",
  redirect_urls: [],
  post_logout_redirect_urls: [],
  full_access_allowed: false,
  bypass_consent_for_offline_access: false,
  access_token_expiry_minutes: 60,
  access_token_custom_audience: "",
  access_token_template_content: "",
  id_token_template_content: "",
  logo_url: "",
  client_id_metadata_url: "",
  ...fields,
});

export const isPublic = (client: Pick<ConnectedApp, "client_type">): boolean => client.client_type.endsWith("_public");
