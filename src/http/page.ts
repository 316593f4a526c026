import { createHash } from "node:crypto";
import { html } from "ghtml";
import type { Brand } from "../config";
import { CONSENT_STYLE } from "./consent.style";
import { pageStyle } from "./page.style";
import { clean, MAX_NAME } from "./page.text";

export interface PageContent {
  title: string;
  /** Markup, with its `<main>`. */
  body: string;
  /** Two columns where there is room. */
  wide?: boolean;
}

/** The frame of every page that people see, in the marketplace's own colors. */
export interface Layout {
  readonly headers: Readonly<Record<string, string>>;
  /** Empty when there is none. */
  readonly brandName: string;
  /** As a sentence names it. */
  readonly marketplace: string;
  readonly supportUrl: string | undefined;
  document(content: PageContent): string;
}

export const BRAND_LOGO_PATH = "/brand/logo";
export const ICON_PATH = "/favicon.svg";

export function createLayout(brand: Brand): Layout {
  const style = pageStyle(brand.color) + CONSENT_STYLE;
  const brandName = clean(brand.name, MAX_NAME);
  const logo = brand.logoUrl ? html`<img src="${BRAND_LOGO_PATH}" alt="">` : "";
  const header = logo || brandName ? html`<header>!${logo}<span>${brandName}</span></header>` : "";
  const footer = brand.supportUrl
    ? html`<footer><a href="${brand.supportUrl}" rel="noopener noreferrer">${brandName ? `Get help from ${brandName}` : "Get help"}</a></footer>`
    : "";
  return {
    headers: pageHeaders(style),
    brandName,
    marketplace: brandName || "this site",
    supportUrl: brand.supportUrl,
    document: ({ title, body, wide = false }) => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<link rel="icon" href="${ICON_PATH}" type="image/svg+xml">
<title>${brandName ? `${title} – ${brandName}` : title}</title>
<style>!${style}</style>
</head>
<body class="${wide ? "wide" : "narrow"}">
!${header}
!${body}
!${footer}
</body>
</html>
`,
  };
}

/**
 * No `form-action`: Chromium applies it to the redirects after a form as well, and those lead to the client.
 * `no-referrer` keeps the request's parameters from the client's site.
 */
function pageHeaders(style: string): Record<string, string> {
  const hash = createHash("sha256").update(style).digest("base64");
  return {
    "content-security-policy": `default-src 'none'; style-src 'sha256-${hash}'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'`,
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
  };
}
