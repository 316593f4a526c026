/** Names that begin as ours do, although the gateway reads no such variable. */
export interface UnknownVariables {
  /** One clause each: what was probably meant. The start is refused. */
  misspelt: string[];
  /** Beside our credentials, names that resemble none of ours: another program may share the environment. */
  others: string[];
}

/** Letters that may be wrong, missing or too many. */
const TYPOS = 2;

/** Without these the emulator starts. */
const CREDENTIALS = ["STYTCH_PROJECT_ID", "STYTCH_SECRET"];

/**
 * Looks at `STYTCH_…` only: a slip there starts the emulator, or another project, without a word. While a credential is
 * missing, any other name may be meant for it.
 */
export function unknownVariables(names: string[], known: string[]): UnknownVariables {
  const ours = known.filter((name) => name.startsWith("STYTCH_"));
  const missing = CREDENTIALS.filter((name) => !names.includes(name));
  const wanted = `${missing.join(" and ")} ${missing.length === 1 ? "is" : "are"}`;
  const found: UnknownVariables = { misspelt: [], others: [] };
  for (const name of names) {
    if (!/^stytch/i.test(name) || ours.includes(name)) continue;
    const meant = ours.find((candidate) => distance(letters(name), letters(candidate)) <= TYPOS);
    if (meant) found.misspelt.push(`${name} is not read; ${meant} is`);
    else if (missing.length > 0) found.misspelt.push(`${name} is not read; ${wanted}. Unset it, or set what is read`);
    else found.others.push(name);
  }
  return found;
}

const letters = (name: string) => name.toUpperCase().replace(/[^A-Z]/g, "");

/** Levenshtein's, row by row. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
