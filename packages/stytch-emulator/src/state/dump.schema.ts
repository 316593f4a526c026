import { z } from "zod";
import { CLIENT_TYPES } from "./records";

const text = z.string();
const texts = z.array(text);
const flag = z.boolean();
const metadata = z.record(text, z.unknown());
const millis = z.int();
const rule = z.enum(["ALL_ALLOWED", "RESTRICTED", "NOT_ALLOWED"]);
const nullable = text.nullable();

const permission = z.object({ resource_id: text, actions: texts });
const role = z.object({ role_id: text, description: text, permissions: z.array(permission) });
const policy = z.object({
  roles: z.array(role),
  resources: z.array(z.object({ resource_id: text, description: text, actions: texts })),
  scopes: z.array(z.object({ scope: text, description: text, permissions: z.array(permission) })),
});

const organization = z.object({
  organization_id: text,
  organization_name: text,
  organization_slug: text,
  organization_logo_url: text.exactOptional(),
  organization_external_id: nullable.exactOptional(),
  sso_jit_provisioning: text.exactOptional(),
  sso_jit_provisioning_allowed_connections: texts.exactOptional(),
  sso_active_connections: z
    .array(z.object({ connection_id: text, display_name: text, identity_provider: text }))
    .exactOptional(),
  sso_default_connection_id: nullable.exactOptional(),
  scim_active_connection: z.null().exactOptional(),
  email_allowed_domains: texts.exactOptional(),
  email_jit_provisioning: text.exactOptional(),
  email_invites: text.exactOptional(),
  auth_methods: text.exactOptional(),
  allowed_auth_methods: texts.exactOptional(),
  mfa_policy: text.exactOptional(),
  rbac_email_implicit_role_assignments: z.array(z.object({ domain: text, role_id: text })).exactOptional(),
  mfa_methods: text.exactOptional(),
  allowed_mfa_methods: texts.exactOptional(),
  oauth_tenant_jit_provisioning: text.exactOptional(),
  allowed_oauth_tenants: metadata.nullable().exactOptional(),
  claimed_email_domains: texts.exactOptional(),
  first_party_connected_apps_allowed_type: rule.exactOptional(),
  allowed_first_party_connected_apps: texts.exactOptional(),
  third_party_connected_apps_allowed_type: rule.exactOptional(),
  allowed_third_party_connected_apps: texts.exactOptional(),
  custom_roles: z.array(role).exactOptional(),
  trusted_metadata: metadata.exactOptional(),
  created_at: text.exactOptional(),
  updated_at: text.exactOptional(),
});

const source = z.object({ type: text, details: metadata });
const member = z.object({
  organization_id: text,
  member_id: text,
  email_address: text,
  status: z.enum(["pending", "invited", "active", "deleted"]).exactOptional(),
  name: text.exactOptional(),
  external_id: nullable.exactOptional(),
  sso_registrations: z.array(z.never()).exactOptional(),
  is_breakglass: flag.exactOptional(),
  member_password_id: text.exactOptional(),
  oauth_registrations: z.array(z.never()).exactOptional(),
  email_address_verified: flag.exactOptional(),
  mfa_phone_number_verified: flag.exactOptional(),
  is_admin: flag.exactOptional(),
  totp_registration_id: text.exactOptional(),
  retired_email_addresses: z.array(z.object({ email_id: text, email_address: text })).exactOptional(),
  is_locked: flag.exactOptional(),
  lock_created_at: z.null().exactOptional(),
  lock_expires_at: z.null().exactOptional(),
  scim_registration: z.null().exactOptional(),
  mfa_enrolled: flag.exactOptional(),
  mfa_phone_number: text.exactOptional(),
  default_mfa_method: text.exactOptional(),
  roles: z.array(z.object({ role_id: text, sources: z.array(source) })).exactOptional(),
  trusted_metadata: metadata.exactOptional(),
  untrusted_metadata: metadata.exactOptional(),
  created_at: text.exactOptional(),
  updated_at: text.exactOptional(),
});

const hashed = z.object({ hash: text, lastFour: text });
const secret = z
  .union([text, z.object({ current: hashed, next: hashed.exactOptional() })])
  .describe("The secret itself, or what a dump keeps of it: a hash and the last four characters.");

const connectedApp = z.object({
  client_id: text,
  client_type: z.enum(CLIENT_TYPES),
  client_name: text.exactOptional(),
  client_description: text.exactOptional(),
  status: text.exactOptional(),
  creation_method: text.exactOptional(),
  redirect_urls: texts.exactOptional(),
  post_logout_redirect_urls: texts.exactOptional(),
  full_access_allowed: flag.exactOptional(),
  bypass_consent_for_offline_access: flag.exactOptional(),
  access_token_expiry_minutes: z.int().exactOptional(),
  access_token_custom_audience: text.exactOptional(),
  access_token_template_content: text.exactOptional(),
  id_token_template_content: text.exactOptional(),
  logo_url: text.exactOptional(),
  client_id_metadata_url: text.exactOptional(),
  secret: secret.nullable().describe("`null` for public clients."),
});
const m2mClient = z.object({
  client_id: text,
  client_name: text.default(""),
  client_description: text.default(""),
  status: z.enum(["active", "inactive"]).default("active"),
  scopes: texts,
  trusted_metadata: metadata.default({}),
  secret,
});

const pair = { member_id: text, client_id: text };
const grant = z.object({ ...pair, organization_id: text, scopes: texts });
const session = z.object({
  member_session_id: text,
  session_token: text,
  organization_id: text,
  member_id: text,
  started_at: millis,
  last_accessed_at: millis,
  expires_at: millis,
  custom_claims: metadata,
  exchanges: z.array(z.object({ client_id: text, at: millis })),
});
const issued = {
  ...pair,
  organization_id: text,
  scopes: texts,
  member_session_id: nullable,
  issued_at: millis,
  expires_at: millis,
  code: text,
  status: z.enum(["active", "used", "revoked", "consent_revoked"]),
};
const authorizationCode = z.object({
  ...issued,
  redirect_uri: text,
  code_challenge: nullable,
  nonce: nullable,
  resources: texts,
});
const refreshToken = z.object({ ...issued, refresh_token: text, resources: texts });
const accessToken = z.object({ ...issued, jti: text, refresh_token: nullable, exchanged: flag });

/** Everything a project holds, as JSON. What is left out of a hand-written one has the API's defaults. */
export const dumpSchema = z.object({
  policy: policy.exactOptional().describe("Stytch's default roles and resources when left out."),
  organization_policies: z.record(text, z.object({ roles: z.array(role) })).default({}),
  organizations: z.array(organization).default([]),
  members: z.array(member).default([]),
  connected_apps: z.array(connectedApp).default([]),
  m2m_clients: z.array(m2mClient).default([]),
  consents: z.array(grant).default([]),
  revoked_consents: z.array(z.object(pair)).default([]),
  sessions: z.array(session).default([]),
  authorization_codes: z.array(authorizationCode).default([]),
  refresh_tokens: z.array(refreshToken).default([]),
  access_tokens: z.array(accessToken).default([]),
});

export type Dump = z.infer<typeof dumpSchema>;
export type GivenDump = z.input<typeof dumpSchema>;
