import { html } from "ghtml";
import { page } from "../pages/page";
import type { Reply } from "../wire/operation";
import type { Connection, Outcome, Visit } from "./visit";

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

export const demoPage = ({ connection, outcome }: Visit): Reply =>
  page(
    "Ledger Export",
    html`
<h1>Ledger Export</h1>
<p class="muted">A demo Connected App: it asks a Member for access to their ledger, as any integration would.</p>
!${outcome ? outcomeNotice(outcome) : ""}
!${connection ? connectionView(connection) : ""}
!${connectForm(connection !== null)}`,
  );

const outcomeNotice = ({ ok, title, text, answer }: Outcome): string => html`
<div class="notice ${ok ? "good" : "bad"}" role="status">
<strong>${title}</strong>
!${text === undefined ? "" : html`<p>${text}</p>`}
</div>
!${answer ? pre(answer) : ""}`;

const connectionView = ({ scope, refreshToken, idTokenClaims, accessTokenClaims, ended }: Connection): string => html`
<h2>${ended ? "No longer connected" : "Connected"}</h2>
<p>Granted scopes: <code>${scope}</code></p>
<form class="actions" method="post">
!${refreshToken === null ? "" : html`<button formaction="/demo/refresh">Refresh</button>`}
<button formaction="/demo/introspect">Introspect</button>
<button formaction="/demo/userinfo">Userinfo</button>
</form>
!${idTokenClaims ? html`<h2>ID token</h2>!${pre(idTokenClaims)}` : ""}
<h2>Access token</h2>
!${pre(accessTokenClaims)}`;

const connectForm = (again: boolean): string => html`
<h2>${again ? "Connect again" : "Connect"}</h2>
<form class="card" method="post" action="/demo/connect">
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
