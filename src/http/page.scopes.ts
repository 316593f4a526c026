import { clean, MAX_SENTENCE } from "./page.text";

interface Scope {
  scope: string;
  description: string;
}

const DELETING = /\b(deletes?|removes?|erases?|destroys?|purges?|wipes?)\b/i;

/** What cannot be undone, or is everything at once. Told by name and words, for Stytch does not say. */
export const isGrave = ({ scope, description }: Scope): boolean =>
  scope === "full_access" || DELETING.test(scope.replace(/[^A-Za-z]+/g, " ")) || DELETING.test(description);

/** Where a project has not described a scope, its name is all there is. */
export const wordsOf = ({ scope, description }: Scope): string =>
  clean(description, MAX_SENTENCE) || clean(scope, MAX_SENTENCE);
