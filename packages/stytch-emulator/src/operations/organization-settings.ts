import type { Organization } from "../state/records";
import type { State } from "../state/state";
import { type ErrorType, StytchApiError } from "../wire/errors";
import { checkRoles } from "./member-rules";

const ANY = ["ALL_ALLOWED", "RESTRICTED", "NOT_ALLOWED"];
const METHODS = ["ALL_ALLOWED", "RESTRICTED"];
const JIT = ["RESTRICTED", "NOT_ALLOWED"];
const AUTH_METHODS =
  "sso magic_link email_otp password google_oauth microsoft_oauth slack_oauth github_oauth hubspot_oauth";

/** U40: closed lists that stand in the descriptions of the fields only, and what their violation is called. */
const SETTINGS = [
  ["sso_jit_provisioning", ANY, "invalid_organization_auth_factor_setting"],
  ["email_jit_provisioning", JIT, "invalid_organization_auth_factor_setting_for_email_jit_provisioning"],
  ["email_invites", ANY, "invalid_organization_auth_factor_setting"],
  ["auth_methods", METHODS, "invalid_organization_auth_method_settings"],
  ["allowed_auth_methods", AUTH_METHODS.split(" "), "invalid_organization_allowed_auth_methods"],
  ["mfa_policy", ["REQUIRED_FOR_ALL", "OPTIONAL"], "invalid_organization_mfa_policy"],
  ["mfa_methods", METHODS, "invalid_organization_mfa_factor_setting"],
  ["allowed_mfa_methods", ["sms_otp", "totp"], "invalid_organization_allowed_mfa_methods"],
  ["oauth_tenant_jit_provisioning", JIT, "invalid_organization_auth_factor_setting_for_oauth_tenant_jit_provisioning"],
] as const satisfies readonly [keyof Organization, readonly string[], ErrorType][];

const TENANTS = ["slack", "hubspot", "github"];

/** U42: a sample of Stytch's list of common email domains, which is published elsewhere and long. */
const COMMON_DOMAINS: ReadonlySet<string> = new Set(
  "gmail.com googlemail.com yahoo.com outlook.com hotmail.com live.com msn.com icloud.com me.com aol.com gmx.com gmx.de mail.com proton.me protonmail.com yandex.com zoho.com".split(
    " ",
  ),
);
const DOMAIN = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/i;

/** What must hold for the settings of an Organization as a whole, new or changed. */
export function checkSettings(state: State, organization: Organization): void {
  for (const [name, allowed, errorType] of SETTINGS) {
    const known: readonly string[] = allowed;
    if (![organization[name]].flat().every((value) => known.includes(value))) throw new StytchApiError(errorType);
  }
  const { auth_methods, allowed_auth_methods, mfa_methods, allowed_mfa_methods } = organization;
  if (auth_methods === "RESTRICTED" && allowed_auth_methods.length === 0) {
    throw new StytchApiError("allowed_auth_methods_required_for_restricted");
  }
  if (mfa_methods === "RESTRICTED" && allowed_mfa_methods.length === 0) {
    throw new StytchApiError("allowed_mfa_methods_required_for_restricted");
  }
  if (!Object.keys(organization.allowed_oauth_tenants ?? {}).every((tenant) => TENANTS.includes(tenant))) {
    throw new StytchApiError("invalid_argument", "allowed_oauth_tenants may name slack, hubspot and github.");
  }
  const allowed = organization.email_allowed_domains;
  checkDomains(allowed, "organization_settings_invalid_domain", "organization_settings_domain_too_common");
  if (new Set(allowed).size < allowed.length) throw new StytchApiError("organization_settings_duplicate_domain");
  const claimed = organization.claimed_email_domains;
  checkDomains(
    claimed,
    "organization_settings_invalid_claimed_domain",
    "organization_settings_claimed_domain_too_common",
  );
  const implicit = organization.rbac_email_implicit_role_assignments;
  checkDomains(
    implicit.map(({ domain }) => domain),
    "rbac_invalid_domain",
    "rbac_domain_too_common",
  );
  checkRoles(
    state,
    organization.organization_id,
    implicit.map(({ role_id }) => role_id),
  );
}

function checkDomains(domains: readonly string[], invalid: ErrorType, tooCommon: ErrorType): void {
  for (const domain of domains) {
    if (!DOMAIN.test(domain)) throw new StytchApiError(invalid);
    if (COMMON_DOMAINS.has(domain.toLowerCase())) throw new StytchApiError(tooCommon);
  }
}
