import { clean, MAX_SENTENCE } from "./page.text";

interface Scope {
  scope: string;
  /** Empty where nobody has written one. */
  description: string;
}

/** OpenID Connect's scopes and Stytch's own, where only names are known. */
const BUILT_IN = new Map([
  ["openid", "Sign you in"],
  ["profile", "See your name"],
  ["email", "See your email address"],
  ["phone", "See your phone number"],
  ["offline_access", "Keep access while you are away"],
  ["full_access", "Do everything that you can do"],
]);

const DELETING = /\b(deletes?|removes?|erases?|destroys?|purges?|wipes?)\b/i;

/** What cannot be undone, or is everything at once. Told by name and words, for Stytch does not say. */
export const isGrave = ({ scope, description }: Scope): boolean =>
  scope === "full_access" || DELETING.test(scope.replace(/[^A-Za-z]+/g, " ")) || DELETING.test(description);

/** Where a project has not described a scope, its name is all there is. */
export const wordsOf = ({ scope, description }: Scope): string =>
  clean(description, MAX_SENTENCE) || BUILT_IN.get(scope) || clean(scope, MAX_SENTENCE);
