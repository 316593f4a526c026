/**
 * Stytch ids are type-prefixed and name the environment, e.g. `member-test-<uuid>` (stytch-api 1.6). What follows the
 * prefix is opaque. A prefix check keeps aliases (slugs, external ids) out of places that need a canonical id: an
 * alias mixed into an id search makes Stytch refuse the whole search.
 */
const hasPrefix = (prefix: string) => (id: string) =>
  id.startsWith(`${prefix}-test-`) || id.startsWith(`${prefix}-live-`);

export const isOrganizationId = hasPrefix("organization");
export const isMemberId = hasPrefix("member");
export const isConnectedAppId = hasPrefix("connected-app");
