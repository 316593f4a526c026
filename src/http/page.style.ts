import { readableOn, textOn } from "./page.color";
import { NEUTRAL } from "./page.icon";

const LIGHT = { card: "#ffffff", back: "#f3f5f8", warn: "#fff5e0", grave: "#fdf0ef", accent: "#1d53bf" };
const DARK = { card: "#1a2029", back: "#10141a", warn: "#362a12", grave: "#3a1d1e", accent: "#8fb4ff" };

/** `accent` fills, `link` is read: a marketplace's yellow makes a fine button and a poor link. */
function surfaces({ card, back, warn, grave, accent }: typeof LIGHT, color = accent): string {
  const link = readableOn(color, [card, back, warn, grave]);
  return `--card: ${card}; --back: ${back}; --warn-back: ${warn}; --grave-back: ${grave};
  --accent: ${color}; --on-accent: ${textOn(color)}; --link: ${link};`;
}

/** What all pages share. Its hash is in the Content-Security-Policy, so any change here is allowed there by itself. */
export const pageStyle = (color: string | undefined): string => `
:root {
  color-scheme: light dark;
  --text: #1b2330; --muted: #546072; --line: #d5dbe4; --warn: #7a4b00; --grave: #a3171f;
  ${surfaces(LIGHT, color)}
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e8ecf2; --muted: #a6b0bf; --line: #354050; --warn: #ffd48a; --grave: #ffb3ad;
    ${surfaces(DARK, color)}
  }
}
* { box-sizing: border-box; }
html { scroll-padding-bottom: 6rem; }
body { margin: 0 auto; padding: 4vh 0 1.5rem; max-width: 30rem; background: var(--back); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
body.wide { max-width: 62rem; }
header { display: flex; align-items: center; gap: .625rem; padding: 0 .25rem .875rem; font-weight: 600; }
header img { height: 1.75rem; width: auto; max-width: 9rem; border-radius: .25rem; }
main { padding: 2rem; background: var(--card); border: 1px solid var(--line); border-radius: .875rem; }
footer { padding: .875rem .25rem 0; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1rem; margin: 0 0 .25rem; }
p { margin: .5rem 0; }
.muted, small, footer { color: var(--muted); }
small, footer { font-size: .875rem; }
ul { margin: 0; padding: 0; list-style: none; }
.logo { flex: none; width: 3.5rem; height: 3.5rem; border-radius: .75rem; border: 1px solid var(--line); object-fit: contain; background: #fff; }
span.logo { display: grid; place-items: center; font-size: 2rem; font-weight: 700; background: ${NEUTRAL}; color: ${textOn(NEUTRAL)}; }
.actions { display: flex; flex-wrap: wrap; gap: .75rem; }
button, a.button { flex: 1 1 8rem; min-height: 2.75rem; font: inherit; font-weight: 600; color: inherit; background: transparent; cursor: pointer; border: 1px solid var(--muted); border-radius: .5rem; padding: .5rem 1rem; text-align: center; text-decoration: none; }
a.button { display: inline-grid; place-content: center; }
button.primary, a.primary { background: var(--accent); border-color: var(--link); color: var(--on-accent); }
button.grave { border-color: var(--grave); color: var(--grave); }
a { color: var(--link); }
code { font-size: .875rem; }
.plain { list-style: disc; padding-left: 1.25rem; }
.connected { display: flex; gap: 1rem; padding: 1.25rem 0; border-top: 1px solid var(--line); }
.connected div { flex: 1; min-width: 0; }
.connected p { margin: .25rem 0; }
.connected .actions { margin-top: .75rem; align-items: center; }
.connected a.button { flex: 0 1 auto; min-height: 2.25rem; padding: .25rem 1rem; }
.links li { padding: .625rem 0; border-top: 1px solid var(--line); }
.links a { font-weight: 600; }
.links small { display: block; }
summary { cursor: pointer; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
@media (max-width: 34rem) {
  body { padding: 0; }
  header { padding: .75rem 1rem; }
  main { border-width: 1px 0; border-radius: 0; padding: 1.5rem 1rem; }
  footer { padding: .875rem 1rem; }
}
`;
