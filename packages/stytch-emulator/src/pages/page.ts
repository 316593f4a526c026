import { createHash } from "node:crypto";
import { html } from "ghtml";
import { html as htmlReply, type Reply } from "../wire/operation";
import { STYLE } from "./style";

const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");

/** No `form-action`: Chromium applies it to the redirects after a form too, and those lead to the gateway. */
const HEADERS = {
  "content-security-policy": `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; img-src data:; base-uri 'none'; frame-ancestors 'none'`,
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
};

/** A whole page. `main` is markup: whoever builds it has escaped every value. */
export function page(title: string, main: string, status = 200): Reply {
  const markup = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>!${STYLE}</style>
</head>
<body>
<main>!${main}</main>
</body>
</html>
`;
  return htmlReply(status, markup, HEADERS);
}
