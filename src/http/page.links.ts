import { html } from "ghtml";

/**
 * A link that somebody else wrote. It opens apart, so that a half-made decision stays open, and tells the other site
 * nothing; an address of another kind than https stays text.
 */
export function outsideLink(href: string, label: string, description = label): string {
  if (URL.parse(href)?.protocol !== "https:") return html`${label}`;
  return html`<a href="${href}" target="_blank" rel="noopener noreferrer" aria-label="${description}">${label}</a>`;
}
