/** They show nothing, or move their neighbours: with them a name could pose as something else, or as nothing. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Default_Ignorable_Code_Point}\u2800]/gu;
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** What of a text can be seen, on one line; empty if nothing can. */
export function visible(text: string): string {
  const shown = text.replace(/\s/gu, " ").replace(INVISIBLE, "").replace(/ {2,}/g, " ").trim();
  return VISIBLE.test(shown) ? shown : "";
}
