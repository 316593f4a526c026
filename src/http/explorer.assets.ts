import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";

export interface Asset {
  type: string;
  read(): Promise<string>;
}

const SCRIPT = "text/javascript; charset=utf-8";
const FILES = {
  "react.js": ["react", "umd/react.production.min.js", SCRIPT],
  "react-dom.js": ["react-dom", "umd/react-dom.production.min.js", SCRIPT],
  "graphiql.js": ["graphiql", "graphiql.min.js", SCRIPT],
  "graphiql.css": ["graphiql", "graphiql.min.css", "text/css; charset=utf-8"],
} as const;

/** What to open with is in the page, as data: then the page needs no script of its own. */
const START = `"use strict";
const root = document.getElementById("explorer");
const { query, headers } = root.dataset;
ReactDOM.createRoot(root).render(
  React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({ url: "/graphql" }),
    defaultTabs: [{ query }],
    defaultHeaders: headers,
    defaultEditorToolsVisibility: "headers",
    isHeadersEditorEnabled: true,
    shouldPersistHeaders: false,
    // Nothing is kept in the browser: an example opens as it is, and no credential stays behind.
    storage: { getItem: () => null, setItem() {}, removeItem() {}, clear() {}, length: 0 },
  }),
);
`;

/** GraphiQL's built files; `null` where it is not installed, as in production. */
export function findAssets(): ReadonlyMap<string, Asset> | null {
  try {
    const assets = Object.entries(FILES).map(([name, [owner, file, type]]): [string, Asset] => {
      const path = join(dirname(require.resolve(`${owner}/package.json`)), file);
      return [name, { type, read: () => readFile(path, "utf8") }];
    });
    return new Map([...assets, ["start.js", { type: SCRIPT, read: async () => START }]]);
  } catch {
    return null;
  }
}
