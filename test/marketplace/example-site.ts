import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";

const EXAMPLE = join(__dirname, "../../examples/marketplace-web");
const TYPES: Record<string, string> = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript" };

/** The example, built as its `npm run build` does and served from an origin of its own. */
export async function startExample(addresses: { gateway: string; "sign-in": string }) {
  const folder = mkdtempSync(join(tmpdir(), "marketplace-web-"));
  const esbuild = join(require.resolve("esbuild/package.json"), "../bin/esbuild");
  execFileSync(esbuild, [
    join(EXAMPLE, "src/main.ts"),
    "--bundle",
    "--format=esm",
    "--minify",
    "--target=es2022",
    `--outdir=${folder}`,
    "--log-level=error",
  ]);
  const files = new Map([
    ["/", page(addresses)],
    ["/style.css", readFileSync(join(EXAMPLE, "public/style.css"), "utf8")],
    ["/assets/main.js", readFileSync(join(folder, "main.js"), "utf8")],
  ]);
  const server = createServer(({ url = "" }, response) => {
    const text = files.get(url);
    response.writeHead(text === undefined ? 404 : 200, {
      "content-type": TYPES[extname(url) || ".html"] ?? "text/plain",
    });
    response.end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function page(addresses: Record<string, string>): string {
  const text = readFileSync(join(EXAMPLE, "public/index.html"), "utf8");
  return Object.entries(addresses).reduce(
    (html, [name, url]) => html.replace(new RegExp(`(<meta name="${name}" content=")[^"]*`), `$1${url}`),
    text,
  );
}
