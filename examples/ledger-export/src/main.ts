import { createServer } from "node:http";
import { createLedgerExport } from "./app";

/** Must be set; the message names what is not. */
function required(name: string): string {
  const value = process.env[name];
  if (value) return value;
  process.stderr.write(`${name} is not set. See examples/ledger-export/README.md.\n`);
  process.exit(1);
}

const port = Number(process.env.PORT ?? 4002);
const url = process.env.APP_URL ?? `http://127.0.0.1:${port}`;
const app = createLedgerExport({
  issuer: required("ISSUER"),
  clientId: required("CLIENT_ID"),
  clientSecret: required("CLIENT_SECRET"),
  url,
});
createServer(app).listen(port, "127.0.0.1", () => process.stdout.write(`Ledger Export is at ${url}\n`));
