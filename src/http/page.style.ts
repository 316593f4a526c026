import { readableOn, textOn } from "./page.color";

const LIGHT_CARD = "#ffffff";
const DARK_CARD = "#1a2029";
const DEFAULT_ACCENT = "#1d53bf";
const DEFAULT_DARK_ACCENT = "#8fb4ff";

/** `accent` fills, `link` is read: a marketplace's yellow makes a fine button and a poor link. */
function palette(color: string | undefined, card: string, fallback: string): string {
  const accent = color ?? fallback;
  return `--accent: ${accent}; --on-accent: ${textOn(accent)}; --link: ${readableOn(accent, card)};`;
}

/** What all pages share. Its hash is in the Content-Security-Policy, so any change here is allowed there by itself. */
export const pageStyle = (color: string | undefined): string => `
:root {
  color-scheme: light dark;
  --text: #1b2330; --muted: #546072; --back: #f3f5f8; --card: ${LIGHT_CARD}; --line: #d5dbe4;
  --warn: #7a4b00; --warn-back: #fff5e0; --grave: #a3171f; --grave-back: #fdf0ef;
  ${palette(color, LIGHT_CARD, DEFAULT_ACCENT)}
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e8ecf2; --muted: #a6b0bf; --back: #10141a; --card: ${DARK_CARD}; --line: #354050;
    --warn: #ffd48a; --warn-back: #362a12; --grave: #ffb3ad; --grave-back: #3a1d1e;
    ${palette(color, DARK_CARD, DEFAULT_DARK_ACCENT)}
  }
}
* { box-sizing: border-box; }
html { scroll-padding-bottom: 6rem; }
body { margin: 0 auto; padding: 4vh 0 1.5rem; max-width: 30rem; background: var(--back); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
body.wide { max-width: 62rem; }
header { display: flex; align-items: center; gap: .625rem; padding: 0 .25rem .875rem; font-weight: 600; }
header img { height: 1.75rem; width: auto; max-width: 9rem; }
main { padding: 2rem; background: var(--card); border: 1px solid var(--line); border-radius: .875rem; }
footer { padding: .875rem .25rem 0; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1rem; margin: 0 0 .25rem; }
p { margin: .5rem 0; }
.muted, small, footer { color: var(--muted); }
small, footer { font-size: .875rem; }
ul { margin: 0; padding: 0; list-style: none; }
.logo { flex: none; width: 3.5rem; height: 3.5rem; border-radius: .75rem; border: 1px solid var(--line); object-fit: contain; background: #fff; }
span.logo { display: grid; place-items: center; font-size: 1.75rem; font-weight: 700; background: var(--back); color: var(--muted); }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; }
button, a.button { flex: 1 1 8rem; min-height: 2.75rem; font: inherit; font-weight: 600; color: inherit; background: transparent; cursor: pointer; border: 1px solid var(--muted); border-radius: .5rem; padding: .5rem 1rem; text-align: center; text-decoration: none; }
button.primary, a.primary { background: var(--accent); border-color: var(--link); color: var(--on-accent); }
button.grave { border-color: var(--grave); color: var(--grave); }
a { color: var(--link); }
code { font-size: .875rem; }
summary { cursor: pointer; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
@media (max-width: 34rem) {
  body { padding: 0; }
  header { padding: .75rem 1rem; }
  main { border-width: 1px 0; border-radius: 0; padding: 1.5rem 1rem; }
  footer { padding: .875rem 1rem; }
}
`;
