/** Products of Stytch's B2B API that a marketplace of Connected Apps does not touch. */
const PRODUCTS = "discovery|impersonation|magic_links|oauth|otps|passwords|recovery_codes|scim|sso|totp";

/** Documented routes that answer 501 here. The README lists them by name. */
const NOT_EMULATED: readonly RegExp[] = [
  new RegExp(`^/v1/b2b/(${PRODUCTS})(/|$)`),
  /^\/v1\/b2b\/sessions\/(attest|exchange|migrate)$/,
  /^\/v1\/b2b\/organizations\/[^/]+\/members\/[^/]+\/(oidc_providers|oauth_providers\/[a-z]+|start_email_update)$/,
  /^\/v1\/b2b\/organizations\/[^/]+\/members\/passwords\/[^/]+$/,
  /^\/v1\/rbac\/policy$/,
];

export const isNotEmulated = (pathname: string): boolean => NOT_EMULATED.some((pattern) => pattern.test(pathname));
