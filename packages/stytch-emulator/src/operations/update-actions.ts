import { StytchApiError } from "../wire/errors";
import type { JsonObject } from "../wire/json";

/**
 * The RBAC action that each field of an update needs when a session header comes along, from the SDK's own comments.
 * Where none is documented, only `*` will do.
 */
const ORGANIZATION_ACTIONS: Readonly<Record<string, string>> = {
  organization_name: "update.info.name",
  organization_slug: "update.info.slug",
  organization_logo_url: "update.info.logo-url",
  sso_default_connection_id: "update.settings.default-sso-connection",
  sso_jit_provisioning: "update.settings.sso-jit-provisioning",
  sso_jit_provisioning_allowed_connections: "update.settings.sso-jit-provisioning",
  email_allowed_domains: "update.settings.allowed-domains",
  email_jit_provisioning: "update.settings.email-jit-provisioning",
  email_invites: "update.settings.email-invites",
  auth_methods: "update.settings.allowed-auth-methods",
  allowed_auth_methods: "update.settings.allowed-auth-methods",
  mfa_policy: "update.settings.mfa-policy",
  rbac_email_implicit_role_assignments: "update.settings.implicit-roles",
  mfa_methods: "update.settings.allowed-mfa-methods",
  allowed_mfa_methods: "update.settings.allowed-mfa-methods",
  oauth_tenant_jit_provisioning: "update.settings.oauth-tenant-jit-provisioning",
  allowed_oauth_tenants: "update.settings.allowed-oauth-tenants",
};

/** U39: no action is documented for the Connected App policy, so one name stands for its four fields. */
const POLICY_ACTION = "update.settings.connected-apps";
const isPolicyField = (name: string): boolean => name.includes("_party_connected_apps");

/** Members may change these of themselves with `stytch.self`. */
const SELF_ACTIONS: Readonly<Record<string, string>> = {
  name: "update.info.name",
  untrusted_metadata: "update.info.untrusted-metadata",
  mfa_phone_number: "update.info.mfa-phone",
  mfa_enrolled: "update.settings.mfa-enrolled",
  default_mfa_method: "update.settings.default-mfa-method",
};
/** These need `stytch.member` even for oneself, so that nobody gives themselves a role. */
const MEMBER_ACTIONS: Readonly<Record<string, string>> = {
  email_address: "update.info.email",
  is_breakglass: "update.settings.is-breakglass",
  roles: "update.settings.roles",
};
const MODIFIERS: ReadonlySet<string> = new Set(["preserve_existing_sessions", "unlink_email"]);

export const organizationUpdateActions = (body: JsonObject): string[] =>
  fieldsOf(body).map((name) => (isPolicyField(name) ? POLICY_ACTION : (ORGANIZATION_ACTIONS[name] ?? "*")));

export function memberUpdateActions(body: JsonObject): { onSelf: string[]; onMember: string[] } {
  const names = fieldsOf(body).filter((name) => !MODIFIERS.has(name));
  return {
    onSelf: names.flatMap((name) => SELF_ACTIONS[name] ?? []),
    onMember: names.filter((name) => !(name in SELF_ACTIONS)).map((name) => MEMBER_ACTIONS[name] ?? "*"),
  };
}

function fieldsOf(body: JsonObject): string[] {
  const names = Object.keys(body).filter((name) => body[name] !== null);
  if (names.includes("trusted_metadata")) throw new StytchApiError("cannot_update_trusted_metadata");
  return names;
}
