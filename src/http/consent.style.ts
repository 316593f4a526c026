/** Its hash is in the Content-Security-Policy, so any change here is allowed there by itself. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --text: #1b2330; --muted: #546072; --back: #f3f5f8; --card: #fff; --line: #d5dbe4;
  --accent: #1d53bf; --on-accent: #fff; --warn: #7a4b00; --warn-back: #fff5e0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e8ecf2; --muted: #a6b0bf; --back: #10141a; --card: #1a2029; --line: #354050;
    --accent: #8fb4ff; --on-accent: #0c1a35; --warn: #ffd48a; --warn-back: #362a12;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
main { max-width: 30rem; margin: 6vh auto; padding: 2rem; background: var(--card); border: 1px solid var(--line); border-radius: .875rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
p { margin: .5rem 0; }
.muted, small { color: var(--muted); }
small { font-size: .875rem; }
dl { margin: 1.25rem 0; padding: 1rem 0; border: solid var(--line); border-width: 1px 0; display: grid; grid-template-columns: max-content 1fr; gap: .375rem 1rem; }
dt { color: var(--muted); }
dd { margin: 0; }
ul { margin: 0; padding: 0; list-style: none; }
li { padding: .5rem 0 .5rem 1.75rem; position: relative; }
li::before { content: "\\2713" / ""; position: absolute; left: .25rem; color: var(--accent); font-weight: 700; }
li small { display: block; font-family: ui-monospace, monospace; }
.not { background: var(--warn-back); color: var(--warn); border-radius: .5rem; padding: .5rem 1rem .75rem; margin-top: 1.25rem; }
.not h2 { margin-top: .25rem; }
.not small { color: inherit; }
.not li::before { content: "\\2715" / ""; color: inherit; }
form { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.5rem 0 1rem; }
button { flex: 1 1 8rem; min-height: 2.75rem; font: inherit; font-weight: 600; color: inherit; background: transparent; cursor: pointer; border: 1px solid var(--muted); border-radius: .5rem; padding: .5rem 1rem; }
button[value=allow] { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
a { color: var(--accent); }
code { font-size: .875rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
@media (max-width: 34rem) {
  main { margin: 0; min-height: 100vh; border: 0; border-radius: 0; padding: 1.5rem 1rem; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd + dt { margin-top: .5rem; }
}
`;
