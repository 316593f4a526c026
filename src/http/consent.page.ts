import { html } from "ghtml";
import type { PendingConsent } from "../oauth/consent";
import type { ShownScope } from "../oauth/request-store";
import { ACCOUNT_APPS_PATH } from "./account.page";
import type { Layout } from "./page";
import { outsideLink } from "./page.links";
import { isGrave, wordsOf } from "./page.scopes";
import { clean, dayOf, destinationOf, initialOf, MAX_DESCRIPTION, MAX_NAME, MAX_SENTENCE } from "./page.text";

/** What a published listing says about whoever makes the app. */
export interface ListingFacts {
  publisherName: string;
  publisherUrl?: string | null | undefined;
  privacyPolicyUrl: string;
  termsUrl?: string | null | undefined;
}

export interface ConsentView {
  pending: PendingConsent;
  csrfToken: string;
  /** Where somebody else can sign in and come back. */
  loginUrl: string | undefined;
  /** The app came by dynamic registration or a metadata document, so nobody here has looked at it; or nobody knows. */
  selfRegistered?: boolean | undefined;
  /** `null`: looked for, and there is none. */
  listing?: ListingFacts | null | undefined;
  /** What this Member gave this app earlier; `at` is null when it was given elsewhere. */
  grantedBefore?: { at: Date | null; scopes: readonly string[] } | undefined;
  /** A picture that we serve ourselves. */
  logoPath?: string | undefined;
}

/** Of a scope's words beside its name. */
const MAX_HINT = 40;
export const SUBMIT_PATH = "/oauth/authorize/submit";

export function consentPage(layout: Layout, view: ConsentView): string {
  const { request, client } = view.pending;
  const app = appName(client.client_name, request.parameters);
  const given = request.scopes.filter(({ grantable }) => grantable);
  const refused = request.scopes.filter(({ grantable }) => !grantable);
  return layout.document({
    title: `Give ${app} access?`,
    wide: true,
    body: html`<main class="consent">
<section aria-label="Who is asking">!${about(layout, view, app)}</section>
<form method="post" action="${SUBMIT_PATH}">
<input type="hidden" name="_csrf" value="${view.csrfToken}">
<input type="hidden" name="request_id" value="${request.id}">
!${given.length > 0 ? choices(view, given) : html`<p>You can’t give <bdi>${app}</bdi> any of what it asks for.</p>`}
!${refused.length > 0 ? refusals(view, refused, given.length > 0 ? "You can’t allow it to" : "It asks to") : ""}
<div class="actions">
!${
      given.length > 0
        ? html`<button class="primary" name="decision" value="allow">Allow</button><button name="decision" value="deny">Deny</button>`
        : html`<button name="decision" value="deny">Go back to <bdi>${app}</bdi></button>`
    }
</div>
!${given.length > 0 ? html`<p class="muted"><small>You can remove access at any time in <a href="${ACCOUNT_APPS_PATH}">your connected apps</a>.</small></p>` : ""}
!${technicalNames(request.scopes)}
</form>
</main>`,
  });
}

/** An app may have no name, or one that cannot be seen. Its host is then the best known thing about it. */
function appName(name: string, { redirectUri, clientId }: { redirectUri: string; clientId: string }): string {
  const destination = destinationOf(redirectUri);
  return clean(name, MAX_NAME) || (destination.kind === "site" ? destination.host : clientId);
}

function about(layout: Layout, { pending, loginUrl, selfRegistered, listing, logoPath }: ConsentView, app: string) {
  const { request, client, member, organization } = pending;
  const name = clean(member.name, MAX_NAME);
  const description = clean(client.client_description, MAX_DESCRIPTION);
  const logo = logoPath
    ? html`<img class="logo" src="${logoPath}" alt="">`
    : html`<span class="logo" aria-hidden="true">${initialOf(app)}</span>`;
  return html`
<div class="app">!${logo}<h1><bdi>${app}</bdi> wants access to your !${layout.brandName ? html`${layout.brandName} ` : ""}account</h1></div>
!${maker(layout, client.client_type, selfRegistered, listing)}
!${description ? html`<blockquote><bdi>“${description}”</bdi><br><small>This is how the app describes itself.</small></blockquote>` : ""}
<dl class="facts">
<dt>Signed in as</dt>
<dd><bdi>${name || member.email_address}</bdi>!${name ? html`<small>${member.email_address}</small>` : ""}</dd>
<dt>Organization</dt>
<dd><bdi>${clean(organization.organization_name, MAX_NAME)}</bdi></dd>
<dt>Sends you to</dt>
<dd>!${destination(request.parameters.redirectUri)}</dd>
</dl>
!${loginUrl ? html`<p class="muted"><small>Not you? <a href="${loginUrl}">Use a different account</a></small></p>` : ""}`;
}

/** Publishing a listing is the marketplace's own look at an app, however it was registered. */
function maker(
  layout: Layout,
  clientType: string,
  selfRegistered: boolean | undefined,
  listing: ListingFacts | null | undefined,
): string {
  const { marketplace } = layout;
  if (listing) return listed(layout, listing);
  if (selfRegistered) {
    return html`<p class="notice unchecked"><strong>Not checked by ${marketplace}.</strong> This app registered itself. Continue only if you know and trust it.</p>`;
  }
  if (clientType.startsWith("first_party")) return html`<p class="muted">Made by ${marketplace}.</p>`;
  const who = selfRegistered === false ? `Made by a partner of ${marketplace}.` : `Not made by ${marketplace}.`;
  return html`<p class="muted">${who}${listing === null ? ` It is not one of the apps that ${marketplace} lists.` : ""}</p>`;
}

function listed({ marketplace }: Layout, { publisherName, publisherUrl, privacyPolicyUrl, termsUrl }: ListingFacts) {
  const publisher = clean(publisherName, MAX_NAME);
  const links = [outsideLink(privacyPolicyUrl, "Privacy policy"), termsUrl ? outsideLink(termsUrl, "Terms") : ""];
  return html`<p class="muted">Made by <bdi>!${publisherUrl ? outsideLink(publisherUrl, publisher) : html`${publisher}`}</bdi>, listed by ${marketplace}<br>
<small>!${links.filter((link) => link !== "").join(" · ")}</small></p>`;
}

function destination(redirectUri: string): string {
  const to = destinationOf(redirectUri);
  if (to.kind === "app") {
    return html`an app on this device<small>Opened by a link that starts with <code>${clean(to.scheme, MAX_NAME)}</code></small>`;
  }
  if (to.kind === "program") return html`a program on this device<small><code>${to.host}</code></small>`;
  return html`<code>${to.host}</code>`;
}

function choices({ grantedBefore }: ConsentView, given: readonly ShownScope[]): string {
  const before = grantedBefore && new Set(grantedBefore.scopes);
  const added = before ? given.filter(({ scope }) => !before.has(scope)).length : 0;
  const since = grantedBefore?.at ? `on ${dayOf(grantedBefore.at)}` : "before";
  const asks = added === 0 ? "It asks for nothing new." : "What is new is marked.";
  const list = (scopes: readonly ShownScope[]) => html`<ul>!${scopes.map((scope) => choice(scope, before))}</ul>`;
  const [grave, usual] = [given.filter(isGrave), given.filter((scope) => !isGrave(scope))];
  return html`
!${before ? html`<p class="notice">You gave this app access ${since}. ${asks}</p>` : ""}
!${usual.length > 0 ? html`<fieldset class="scopes"><legend><h2>Allow it to</h2></legend>!${list(usual)}</fieldset>` : ""}
!${grave.length > 0 ? html`<fieldset class="scopes grave"><legend><h2>${usual.length > 0 ? "High risk: also allow it to" : "High risk: allow it to"}</h2></legend>!${list(grave)}</fieldset>` : ""}`;
}

const choice = (scope: ShownScope, before: ReadonlySet<string> | undefined): string =>
  html`<li><label><input type="checkbox" name="scope" value="${scope.scope}" checked><bdi>${wordsOf(scope)}</bdi>!${before && !before.has(scope.scope) ? html`<span class="new">New</span>` : ""}</label></li>`;

/** `full_access` depends on the app, everything else on the Member's roles: each with its own reason. */
function refusals({ pending }: ConsentView, refused: readonly ShownScope[], title: string): string {
  const { member, organization } = pending;
  const own = member.roles.map(({ role_id }) => clean(role_id, MAX_NAME)).filter((role) => !/^(stytch_|$)/.test(role));
  const roles = own.length > 0 ? ` (${own.slice(0, 3).join(", ")})` : "";
  const group = (scopes: readonly ShownScope[], reason: string) =>
    scopes.length > 0
      ? html`<ul>!${scopes.map((scope) => html`<li><bdi>${wordsOf(scope)}</bdi></li>`)}</ul>
<p><small>!${reason}</small></p>`
      : "";
  const byRole = html`Your role at <bdi>${clean(organization.organization_name, MAX_NAME)}</bdi>${roles} does not allow this. If you need it, ask an administrator there.`;
  const isOfTheApp = ({ scope }: ShownScope) => scope === "full_access";
  return html`<section class="not" aria-labelledby="not"><h2 id="not">${title}</h2>
!${group(
    refused.filter((scope) => !isOfTheApp(scope)),
    byRole,
  )}
!${group(refused.filter(isOfTheApp), html`This app may not have this, whoever allows it.`)}</section>`;
}

const technicalNames = (scopes: readonly ShownScope[]): string => html`
<details><summary>Technical names of these permissions</summary>
<ul>!${scopes.map((scope) => html`<li><code>${clean(scope.scope, MAX_SENTENCE)}</code> <bdi>${clean(wordsOf(scope), MAX_HINT)}</bdi></li>`)}</ul></details>`;
