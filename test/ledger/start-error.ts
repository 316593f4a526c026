import { openDatabase, requireCurrent } from "../../src/ledger/database";
import { openLedger } from "../../src/ledger/open";
import { openSqlite } from "../../src/ledger/sqlite-engine";
import { verifyDatabase } from "../../src/ledger/verify";
import { createMetrics } from "../../src/metrics";
import { silent } from "./ledger";

const NOBODY = 65_534;

function becomeNobody(): void {
  // The binding is loaded while the repository can surely be read.
  openSqlite(":memory:").close();
  if (process.getuid?.() !== 0) return;
  process.setgid?.(NOBODY);
  process.setuid?.(NOBODY);
}

/** In a process of its own, which becomes somebody whom permissions bind: says with which message the ledger does not start. */
export async function main(databaseUrl: string): Promise<void> {
  becomeNobody();
  const options = { databaseUrl, logger: silent, metrics: createMetrics(), clock: () => new Date() };
  const message = await openLedger(options).then(
    () => "started",
    (error: unknown) => String(error),
  );
  process.stdout.write(message);
  process.exit();
}

/** The same for the command: says what its check finds. */
export async function check(databaseUrl: string): Promise<void> {
  becomeNobody();
  const database = await openDatabase(databaseUrl, "read");
  await requireCurrent(database);
  process.stdout.write(JSON.stringify(await verifyDatabase(database.read)));
  await database.close();
}
