import { createHash } from "node:crypto";
import { html } from "ghtml";
import type { PendingConsent } from "../oauth/consent";
import type { ShownScope } from "../oauth/request-store";
import { STYLE } from "./consent.style";

const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");

/**
 * No `form-action`: Chromium applies it to the redirects after the form as well, and those lead to the client.
 * `no-referrer` keeps the request's parameters from the client's site.
 */
export const PAGE_HEADERS = {
  "content-security-policy": `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'`,
  "x-frame-options": "DENY",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
} as const;

/** Control, formatting and bidirectional characters: with them a name could pose as something else. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
const clean = (untrusted: string) => untrusted.replace(INVISIBLE, "").trim();

export interface ConsentView {
  pending: PendingConsent;
  csrfToken: string;
  /** Where somebody else can sign in and come back. */
  loginUrl: string | undefined;
}

export function consentPage({ pending, csrfToken, loginUrl }: ConsentView): string {
  const { request, client, member, organization } = pending;
  const host = hostOf(request.parameters.redirectUri);
  const app = clean(client.client_name) || host;
  const description = clean(client.client_description);
  const [granted, refused] = [
    request.scopes.filter(isGrantable),
    request.scopes.filter((scope) => !isGrantable(scope)),
  ];
  return document(
    `Give ${app} access?`,
    html`
<h1><bdi>${app}</bdi> wants access to your account</h1>
<p class="muted">${makerOf(client.client_type)}</p>
!${description ? html`<p><bdi>${description}</bdi></p>` : ""}
<dl>
<dt>You are</dt>
<dd><bdi>${clean(member.name) || member.email_address}</bdi> !${clean(member.name) ? html`<small>${member.email_address}</small>` : ""}</dd>
<dt>Organization</dt>
<dd><bdi>${clean(organization.organization_name)}</bdi></dd>
<dt>You go on to</dt>
<dd><code>${host}</code></dd>
</dl>
!${granted.length > 0 ? html`<h2>It will be able to</h2>!${scopeList(granted)}` : html`<p>Nothing that it asks for can be given by you.</p>`}
!${refused.length > 0 ? html`<section class="not"><h2>You cannot give</h2>!${scopeList(refused)}</section>` : ""}
<form method="post" action="/oauth/authorize/submit">
<input type="hidden" name="_csrf" value="${csrfToken}">
<input type="hidden" name="request_id" value="${request.id}">
!${granted.length > 0 ? html`<button name="decision" value="allow">Allow</button>` : ""}
<button name="decision" value="deny">Deny</button>
</form>
!${loginUrl ? html`<p class="muted">Not you? <a href="${loginUrl}">Sign in as somebody else</a>.</p>` : ""}`,
  );
}

export interface MessageView {
  title: string;
  text: readonly string[];
  /** Shown as code, e.g. a redirect URI that is not registered. */
  value?: string | undefined;
  requestId?: string | undefined;
}

export const messagePage = ({ title, text, value, requestId }: MessageView): string =>
  document(
    title,
    html`
<h1>${title}</h1>
!${text.map((line) => html`<p>${line}</p>`)}
!${value ? html`<p><code>${clean(value)}</code></p>` : ""}
!${requestId ? html`<p class="muted"><small>Request id: ${requestId}</small></p>` : ""}`,
  );

const isGrantable = ({ grantable }: ShownScope) => grantable;

const scopeList = (scopes: readonly ShownScope[]): string => html`
<ul>!${scopes.map(({ scope, description }) => html`<li><bdi>${clean(description) || scope}</bdi><small>${scope}</small></li>`)}</ul>`;

const makerOf = (clientType: string) =>
  clientType.startsWith("first_party") ? "Your marketplace's own app" : "Made by a partner of your marketplace";

/** A private scheme has no host: it opens an app on this device. */
function hostOf(redirectUri: string): string {
  const { host, protocol } = new URL(redirectUri);
  return host || protocol.slice(0, -1);
}

const document = (title: string, main: string): string => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>!${STYLE}</style>
</head>
<body>
<main>!${main}</main>
</body>
</html>
`;
