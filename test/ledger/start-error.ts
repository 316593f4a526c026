import { openLedger } from "../../src/ledger/open";
import { openSqlite } from "../../src/ledger/sqlite-engine";
import { createMetrics } from "../../src/metrics";
import { silent } from "./ledger";

const NOBODY = 65_534;

/** In a process of its own, which becomes somebody whom permissions bind: says with which message the ledger does not start. */
export async function main(databaseUrl: string): Promise<void> {
  // The binding is loaded while the repository can surely be read.
  openSqlite(":memory:").close();
  if (process.getuid?.() === 0) {
    process.setgid?.(NOBODY);
    process.setuid?.(NOBODY);
  }
  const options = { databaseUrl, logger: silent, metrics: createMetrics(), clock: () => new Date() };
  const message = await openLedger(options).then(
    () => "started",
    (error: unknown) => String(error),
  );
  process.stdout.write(message);
  process.exit();
}
