import { html } from "ghtml";
import type { Link } from "../banner";
import type { Layout } from "./page";

/** `/` in development, and where a sign-in without a target ends. */
export const indexPage = (layout: Layout, links: readonly Link[]): string =>
  layout.document({
    title: "marketplace-gateway",
    body: html`<main>
<h1>marketplace-gateway</h1>
<p class="muted">The gateway is running, in development. Where to next?</p>
<ul class="links">!${links.map(({ label, url, text }) => html`<li><a href="${url}">${label}</a><small>${text}</small></li>`)}</ul>
</main>`,
  });
