import { createHash } from "node:crypto";
import { html } from "ghtml";
import { STYLE } from "./style";
import type { Connection, Outcome, Visit } from "./visit";
import type { Reply } from "./wire";

const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");

/** No `form-action`: Chromium applies it to the redirects after a form too, and those lead to the server. */
const HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  "content-security-policy": `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; img-src data:; base-uri 'none'; frame-ancestors 'none'`,
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

/** What the start page offers to ask for, and whether it is ticked. */
export const OFFERED_SCOPES: readonly [scope: string, isTicked: boolean][] = [
  ["openid", true],
  ["profile", true],
  ["email", true],
  ["offline_access", true],
  ["read:ledger", true],
  ["write:ledger", false],
  ["delete:ledger", false],
];

/** `base` is the path below which the app is served. */
export function appPage(base: string, visit: Visit | undefined): Reply {
  const { connection = null, outcome = null } = visit ?? {};
  const body = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Ledger Export</title>
<link rel="icon" href="data:,">
<style>!${STYLE}</style>
</head>
<body>
<main>
<h1>Ledger Export</h1>
<p class="muted">A demo Connected App: it asks a Member for access to their ledger, as any integration would.</p>
!${outcome ? outcomeNotice(outcome) : ""}
!${connection ? connectionView(base, connection) : ""}
!${connectForm(base, connection !== null)}
</main>
</body>
</html>
`;
  return { status: 200, headers: HEADERS, body };
}

const outcomeNotice = ({ ok, title, text, answer }: Outcome): string => html`
<div class="notice ${ok ? "good" : "bad"}" role="status">
<strong>${title}</strong>
!${text === undefined ? "" : html`<p>${text}</p>`}
</div>
!${answer ? pre(answer) : ""}`;

const connectionView = (
  base: string,
  { scope, refreshToken, idTokenClaims, accessTokenClaims, ended }: Connection,
): string => html`
<h2>${ended ? "No longer connected" : "Connected"}</h2>
<p>Granted scopes: <code>${scope}</code></p>
<form class="actions" method="post">
!${refreshToken === null ? "" : html`<button formaction="${base}/refresh">Refresh</button>`}
<button formaction="${base}/introspect">Introspect</button>
<button formaction="${base}/userinfo">Userinfo</button>
</form>
!${idTokenClaims ? html`<h2>ID token</h2>!${pre(idTokenClaims)}` : ""}
<h2>Access token</h2>
!${pre(accessTokenClaims)}`;

const connectForm = (base: string, again: boolean): string => html`
<h2>${again ? "Connect again" : "Connect"}</h2>
<form class="card" method="post" action="${base}/connect">
<fieldset>
<legend>Ask for</legend>
!${OFFERED_SCOPES.map(
  ([scope, isTicked]) =>
    html`<label><input type="checkbox" name="scope" value="${scope}" !${isTicked ? "checked" : ""}> ${scope}</label>`,
)}
</fieldset>
<label><input type="checkbox" name="prompt" value="consent"> Ask for consent even if it was given</label>
<p><button class="main">Connect your ledger</button></p>
</form>`;

const pre = (value: object): string => html`<pre tabindex="0">${JSON.stringify(value, null, 2)}</pre>`;
