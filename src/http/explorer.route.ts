import { createHash } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { html } from "ghtml";
import type { Asset } from "./explorer.assets";
import { ICON_PATH } from "./page";

export const EXPLORER_PATH = "/graphql/explorer";

export interface ExplorerOptions {
  assets: ReadonlyMap<string, Asset>;
  operations: ReadonlyMap<string, string>;
  /** Filled in, as in Sandbox. */
  headers: Record<string, string>;
}

const STYLE = `
html, body { height: 100%; margin: 0; }
body { display: flex; flex-direction: column; font: 1rem/1.5 system-ui, sans-serif; }
header { display: flex; gap: 1.5rem; padding: .375rem 1rem; position: relative; z-index: 9; background: #1b2330; color: #fff; }
h1 { margin: 0; font: inherit; font-weight: 600; }
nav { display: flex; gap: 1.5rem; }
nav a { color: #fff; }
nav summary { cursor: pointer; }
nav ul { position: absolute; max-height: 70vh; overflow: auto; margin: .375rem 0 0; padding: .5rem 1rem; background: #1b2330; list-style: none; }
#explorer { flex: 1; min-height: 0; }
`;
const STYLE_HASH = createHash("sha256").update(STYLE).digest("base64");

const HEADERS = {
  // GraphiQL sets its styles by script, so no inline style is needed; its fonts and some pictures are in its style sheet.
  "content-security-policy": `default-src 'none'; script-src 'self'; style-src 'self' 'sha256-${STYLE_HASH}'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  "cache-control": "no-store",
} as const;

/** GraphiQL from our own origin: a working explorer where Apollo's servers cannot be reached. */
export function registerExplorer(app: FastifyInstance, { assets, operations, headers }: ExplorerOptions): void {
  const [first = ""] = operations.values();
  app.get(EXPLORER_PATH, async ({ url }, reply) => {
    const name = new URL(url, "http://gateway").searchParams.get("operation") ?? "";
    const markup = explorerPage(operations.get(name) ?? first, headers, [...operations.keys()]);
    return reply.headers(HEADERS).type("text/html; charset=utf-8").send(markup);
  });
  for (const [name, { type, read }] of assets) {
    app.get(`${EXPLORER_PATH}/${name}`, async (_request, reply) =>
      reply
        .header("cache-control", "public, max-age=3600")
        .type(type)
        .send(await read()),
    );
  }
}

export const operationAddress = (name: string): string =>
  `${EXPLORER_PATH}?${new URLSearchParams({ operation: name })}`;

const explorerPage = (
  query: string,
  headers: Record<string, string>,
  names: readonly string[],
): string => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>GraphQL explorer</title>
<link rel="icon" href="${ICON_PATH}" type="image/svg+xml">
<link rel="stylesheet" href="${EXPLORER_PATH}/graphiql.css">
<style>!${STYLE}</style>
</head>
<body>
<header>
<h1>GraphQL explorer</h1>
<nav aria-label="Examples">
<a href="/graphql">/graphql</a>
<details><summary>Example operations</summary>
<ul>!${names.map((name) => html`<li><a href="${operationAddress(name)}">${name}</a></li>`)}</ul></details>
</nav>
</header>
<main id="explorer" data-query="${query}" data-headers="${JSON.stringify(headers, null, 2)}"></main>
!${["react.js", "react-dom.js", "graphiql.js", "start.js"].map((file) => html`<script src="${EXPLORER_PATH}/${file}"></script>`)}
</body>
</html>
`;
