/** Its hash is in the Content-Security-Policy. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --text: #1c2430; --muted: #566070; --back: #f5f6f8; --card: #fff; --line: #d7dce3;
  --accent: #1f55c4; --on-accent: #fff; --bad: #a3231b; --bad-back: #fdecea; --good: #17663a; --good-back: #e7f5ec;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e7eaf0; --muted: #a4adbb; --back: #12161c; --card: #1b212a; --line: #343d4a;
    --accent: #8cb2ff; --on-accent: #0d1a33; --bad: #ffb0a8; --bad-back: #3d1d1b; --good: #9be0b6; --good-back: #14301f;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 42rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p { margin: .5rem 0; }
.muted { color: var(--muted); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: 1rem; margin: .75rem 0; }
.card > :first-child { margin-top: 0; }
.card > :last-child { margin-bottom: 0; }
button { font: inherit; color: inherit; cursor: pointer; border: 1px solid var(--line); border-radius: .375rem; background: var(--card); padding: .5rem .875rem; }
button:hover { border-color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
button.main { background: var(--accent); border-color: var(--accent); color: var(--on-accent); font-weight: 600; }
.actions { display: flex; flex-wrap: wrap; gap: .5rem; margin: 1rem 0; }
label { display: block; padding: .125rem 0; }
.notice { border-left: .25rem solid; border-radius: .25rem; padding: .75rem 1rem; margin: 1rem 0; }
.bad { background: var(--bad-back); color: var(--bad); }
.good { background: var(--good-back); color: var(--good); }
pre { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .875rem; }
code { overflow-wrap: anywhere; }
fieldset { border: 1px solid var(--line); border-radius: .5rem; margin: 1rem 0; }
`;
