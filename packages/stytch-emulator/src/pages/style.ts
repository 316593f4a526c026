/** Shared by every page of the emulator; its hash is in the Content-Security-Policy. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --text: #1c2430; --muted: #566070; --back: #f5f6f8; --card: #fff; --line: #d7dce3;
  --accent: #1f55c4;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e7eaf0; --muted: #a4adbb; --back: #12161c; --card: #1b212a; --line: #343d4a;
    --accent: #8cb2ff;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 42rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; }
p { margin: .5rem 0; }
.muted, small { color: var(--muted); }
small { font-size: .875rem; }
.card, details { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; margin: .75rem 0; }
.card > :first-child { margin-top: 0; }
.card > :last-child { margin-bottom: 0; }
summary { cursor: pointer; font-weight: 600; }
ul { list-style: none; margin: .75rem 0 0; padding: 0; }
li + li { margin-top: .375rem; }
a { color: var(--accent); }
code { overflow-wrap: anywhere; }
button { font: inherit; color: inherit; cursor: pointer; border: 1px solid var(--line); border-radius: .375rem; background: var(--card); padding: .5rem .875rem; }
button:hover { border-color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
button.row { display: block; width: 100%; text-align: left; overflow-wrap: anywhere; }
button.row small { display: block; }
`;
