import { html } from "ghtml";
import type { Layout } from "./page";
import { clean } from "./page.text";

/** Redirect URIs may have 4,096 characters. */
const MAX_VALUE = 500;

export interface MessageView {
  title: string;
  text: readonly string[];
  /** Shown as code, e.g. a redirect URI that is not registered. */
  value?: string | undefined;
  /** What one can do now: addresses of our own, never one that came with the request. */
  actions?: readonly { href: string; label: string }[] | undefined;
  requestId?: string | undefined;
}

/** A page that says one thing: errors, confirmations. */
export const messagePage = (layout: Layout, { title, text, value, actions = [], requestId }: MessageView): string =>
  layout.document({
    title,
    body: html`<main>
<h1>${title}</h1>
!${text.map((line) => html`<p>${line}</p>`)}
!${value ? html`<p><code>${clean(value, MAX_VALUE)}</code></p>` : ""}
!${actions.length > 0 ? html`<p class="actions">!${actions.map(({ href, label }) => html`<a class="button" href="${href}">${label}</a>`)}</p>` : ""}
!${requestId ? html`<p class="muted"><small>Request id: ${requestId}</small></p>` : ""}
</main>`,
  });
