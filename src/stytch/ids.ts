/**
 * Stytch ids are type-prefixed and name the environment, e.g. `member-test-<uuid>` . What follows the prefix is opaque,
 * but it is text: half of a surrogate pair cannot be sent. A prefix check keeps aliases (slugs, external ids) out of places that need a canonical id: an
 * alias mixed into an id search makes Stytch refuse the whole search.
 */
const hasPrefix = (prefix: string) => (id: string) =>
  (id.startsWith(`${prefix}-test-`) || id.startsWith(`${prefix}-live-`)) && !LONE_SURROGATE.test(id);

/** Pairs are one code point for `u`, so only halves match. */
const LONE_SURROGATE = /\p{Surrogate}/u;

export const isOrganizationId = hasPrefix("organization");
export const isMemberId = hasPrefix("member");
export const isConnectedAppId = hasPrefix("connected-app");

/**
 * Whether a text can be an Organization's slug or external id. `.` and `..` cannot be sent: the SDK puts
 * the text in a URL path, where they would name another endpoint.
 */
export const isOrganizationAlias = (text: string) => /^[\w.~|-]{1,128}$/.test(text) && !/^\.{1,2}$/.test(text);

/**
 * Whether a text in this JSON holds half of a surrogate pair, as `JSON.stringify` writes it; a backslash of the text
 * itself is written as two.
 */
export const isIllFormedJson = (json: string): boolean => /(?<!\\)(?:\\\\)*\\ud[89a-f]/.test(json);
