import type { ApolloServerPlugin } from "@apollo/server";
import { ApolloServerPluginLandingPageDisabled } from "@apollo/server/plugin/disabled";
import { ApolloServerPluginLandingPageLocalDefault } from "@apollo/server/plugin/landingPage/default";
import { html } from "ghtml";
import type { GatewayContext } from "../graphql/context";
import { EXPLORER_PATH, operationAddress } from "./explorer.route";

export interface SandboxOptions {
  operations: ReadonlyMap<string, string>;
  /** Filled in: who one is at first. */
  headers: Record<string, string>;
  /** Whether GraphiQL is served beside it. */
  hasExplorer: boolean;
  /** The origin that browsers use: known once the gateway listens. */
  urlOf: () => string;
}

export const noSandbox = (): ApolloServerPlugin<GatewayContext> => ApolloServerPluginLandingPageDisabled();

/**
 * Apollo Sandbox on `GET /graphql`, opened with the example operations and a credential filled in. It comes from
 * Apollo's servers, so beneath it lies a page that needs none: endpoint, examples, and the way to our own explorer.
 */
export function createSandbox(options: SandboxOptions): ApolloServerPlugin<GatewayContext> {
  const apollo = ApolloServerPluginLandingPageLocalDefault({
    document: [...options.operations.values()].join("\n\n"),
    headers: options.headers,
    includeCookies: true,
    embed: { runTelemetry: false, initialState: { pollForSchemaUpdates: false } },
  });
  return {
    async serverWillStart(service) {
      const listener = await apollo.serverWillStart?.(service);
      const page = await listener?.renderLandingPage?.();
      if (!page) return;
      const { html: render } = page;
      const show = async () => withFallback(typeof render === "string" ? render : await render(), options);
      return { renderLandingPage: async () => ({ html: show }) };
    },
  };
}

const FALLBACK = /<div class="fallback">[\s\S]*?<\/div>/;

/** Sandbox covers it once its frame is there. The links in the head are decoration, and would hold up the page. */
function withFallback(markup: string, options: SandboxOptions): string {
  const nonce = /nonce="(\w+)"/.exec(markup)?.[1] ?? "";
  const fallback = fallbackPage(nonce, options);
  return markup.replace(/<link\b[^>]*>/g, "").replace(FALLBACK, () => fallback);
}

const STYLE = `
body { overflow: auto; font: 1rem/1.5 system-ui, sans-serif; color: #1b2330; background: #f3f5f8; }
.fallback { position: relative; z-index: 1; max-width: 44rem; margin: 0 auto; }
#embeddableSandbox:has(iframe) { z-index: 2; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: .75rem; background: #fff; border: 1px solid #d5dbe4; border-radius: .5rem; }
summary { cursor: pointer; padding: .25rem 0; }
a { color: #1d53bf; }
`;

const fallbackPage = (
  nonce: string,
  { operations, hasExplorer, urlOf }: SandboxOptions,
): string => html`<main class="fallback">
<style nonce="${nonce}">!${STYLE}</style>
<h1>marketplace-gateway</h1>
<p>Apollo Sandbox did not load. It comes from Apollo’s servers, which this browser cannot reach.</p>
!${hasExplorer ? html`<p><a href="${EXPLORER_PATH}">Open the explorer that this gateway serves itself</a></p>` : ""}
<p>The endpoint is the address of this page, by POST:</p>
<pre>curl ${urlOf()}/graphql -H 'content-type: application/json' -d '{"query": "{ __typename }"}'</pre>
<h2>Example operations</h2>
!${[...operations].map(([name, text]) => html`<details><summary>${name}</summary>!${hasExplorer ? html`<p><a href="${operationAddress(name)}">Open ${name} in the explorer</a></p>` : ""}<pre>${text}</pre></details>`)}
</main>`;
