/** Letters that Unicode does not take apart into a base letter and a mark. */
const LETTERS: Record<string, string> = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i" };

/** Without case and accents, with single spaces, and with nothing that an engine stores differently: what a search compares. */
export const fold = (text: string): string =>
  text
    .normalize("NFKD")
    .replace(/\p{Cc}/gu, " ")
    .replace(/\p{Cs}/gu, "\uFFFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[ßæœøłđðþı]/g, (letter) => LETTERS[letter] ?? letter)
    .replace(/\s+/g, " ")
    .trim();

/** Characters of a name that decide its place; enough for people, and short enough for an index. */
const MAX_SORTED = 60;

const hex = (text: string): string => Buffer.from(text, "utf8").toString("hex");

/**
 * By folded name, then by id. Hexadecimal digits keep this order under every collation that PostgreSQL may have been set
 * up with; `00` ends the name, below every letter of a longer one.
 */
export const sortKeyOf = (name: string, appId: string): string =>
  `${hex(fold(name).slice(0, MAX_SORTED))}00${hex(appId)}`;

/** Words of one search; more do not make it narrower for people. */
const MAX_WORDS = 8;

/** `LIKE` patterns that must all match, with `\` as the escape character. */
export const patternsOf = (search: string): string[] =>
  fold(search)
    .split(" ")
    .filter(Boolean)
    .slice(0, MAX_WORDS)
    .map((word) => `%${word.replace(/[\\%_]/g, "\\$&")}%`);
