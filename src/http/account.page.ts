import { html } from "ghtml";
import type { Layout } from "./page";
import { outsideLink } from "./page.links";
import { messagePage } from "./page.message";
import { wordsOf } from "./page.scopes";
import { clean, dayOf, initialOf, MAX_NAME, minuteOf } from "./page.text";

/** One app that the Member gave access to. */
export interface AccountApp {
  clientId: string;
  name: string;
  /** Names, with words where the project has some. */
  scopes: readonly { scope: string; description: string }[];
  /** `null` when it was not given through this gateway. */
  grantedAt: Date | null;
  /** From its listing. */
  supportUrl: string | null;
  /** A picture that we serve ourselves. */
  logoPath: string | undefined;
}

export interface AccountView {
  apps: readonly AccountApp[];
  member: { name: string; emailAddress: string };
  organizationName: string;
  /** Where somebody else can sign in and come back. */
  loginUrl: string | undefined;
}

export const ACCOUNT_APPS_PATH = "/account/apps";
/** GET, with the app's id as `app`. */
export const TAKE_BACK_PATH = "/account/apps/take-back";
/** POST: `_csrf` and `app`. */
export const TAKE_BACK_SUBMIT_PATH = "/account/apps/take-back/submit";
/** The page stays readable, and bounded, whoever has connected how many. */
const MAX_APPS = 200;
const MAX_SCOPES = 100;

const nameOf = ({ name, clientId }: AccountApp) => clean(name, MAX_NAME) || clientId;

/** What the Member has connected. */
export function accountPage(layout: Layout, { apps, member, organizationName, loginUrl }: AccountView): string {
  const sorted = [...apps].sort((a, b) => nameOf(a).localeCompare(nameOf(b), "en"));
  const name = clean(member.name, MAX_NAME);
  return layout.document({
    title: "Your connected apps",
    body: html`<main>
<h1>Your connected apps</h1>
<p class="muted"><bdi>${name || member.emailAddress}</bdi> at <bdi>${clean(organizationName, MAX_NAME)}</bdi>!${loginUrl ? html` · <a href="${loginUrl}">Not you?</a>` : ""}</p>
!${sorted.length === 0 ? html`<p>No app has access to your account. When you connect one, it shows up here.</p>` : ""}
!${sorted.slice(0, MAX_APPS).map(appItem)}
!${sorted.length > MAX_APPS ? html`<p>${sorted.length - MAX_APPS} more are not shown. Remove some to see them.</p>` : ""}
</main>`,
  });
}

function appItem(app: AccountApp): string {
  const { clientId, grantedAt, supportUrl, logoPath } = app;
  const name = nameOf(app);
  const logo = logoPath
    ? html`<img class="logo" src="${logoPath}" alt="">`
    : html`<span class="logo" aria-hidden="true">${initialOf(name)}</span>`;
  const support = supportUrl ? outsideLink(supportUrl, "Support", `Support for ${name}`) : "";
  return html`<article class="connected">
!${logo}
<div>
<h2><bdi>${name}</bdi></h2>
!${grantedAt ? html`<p class="muted"><small>Connected on <time datetime="${grantedAt.toISOString()}">${dayOf(grantedAt)}</time></small></p>` : ""}
!${scopeList(app)}
<p class="actions"><a class="button" href="${takeBackAddress(clientId)}" aria-label="Remove access for ${name}">Remove access</a>!${support}</p>
</div>
</article>`;
}

const scopeList = ({ scopes }: AccountApp): string =>
  scopes.length > 0
    ? html`<ul class="plain">!${scopes.slice(0, MAX_SCOPES).map((scope) => html`<li><bdi>${wordsOf(scope)}</bdi></li>`)}</ul>`
    : "";

export const takeBackAddress = (clientId: string): string =>
  `${TAKE_BACK_PATH}?${new URLSearchParams({ app: clientId })}`;

/** Asked before anything happens, for a tap on a phone is easily made. */
export function takeBackPage(layout: Layout, { app, csrfToken }: { app: AccountApp; csrfToken: string }): string {
  const name = nameOf(app);
  const title = `Remove access for ${name}?`;
  return layout.document({
    title,
    body: html`<main>
<h1>Remove access for <bdi>${name}</bdi>?</h1>
!${app.scopes.length > 0 ? html`<p>It will no longer be able to:</p>!${scopeList(app)}` : ""}
<p class="muted">What it has already done or copied stays as it is. You can connect it again later.</p>
<form class="actions" method="post" action="${TAKE_BACK_SUBMIT_PATH}">
<input type="hidden" name="_csrf" value="${csrfToken}">
<input type="hidden" name="app" value="${app.clientId}">
<button class="grave">Remove access</button>
<a class="button" href="${ACCOUNT_APPS_PATH}">Keep it</a>
</form>
</main>`,
  });
}

/** @param tokensValidUntil by when even a server that only checks signatures turns it away; `null` if nobody can say. */
export function takenBackPage(layout: Layout, app: AccountApp, tokensValidUntil: Date | null): string {
  const name = nameOf(app);
  return messagePage(layout, {
    title: `${name} no longer has access`,
    text: [
      tokensValidUntil
        ? `Some services may still let it in until ${minuteOf(tokensValidUntil)}. After that, it is locked out everywhere.`
        : "Some services may still let it in for a short while.",
    ],
    actions: [{ href: ACCOUNT_APPS_PATH, label: "Your connected apps" }],
  });
}
