/**
 * A process of its own for the tests of several processes: DATABASE_URL MODE COUNT START. It waits until START, works, and
 * says `ack N` after each write that the ledger acknowledged.
 */
import { type Ledger, openLedger } from "../../src/ledger/open";
import { createMetrics } from "../../src/metrics";
import { silent } from "./ledger";

const [databaseUrl = "", mode = "", count = "0", start = "0"] = process.argv.slice(2);
const say = (text: string) => process.stdout.write(`${text}\n`);

async function append(ledger: Ledger): Promise<void> {
  const actor = { kind: "MEMBER", id: `member-${process.pid}` } as const;
  for (let i = 0; i < Number(count); i++) {
    const target = { organizationId: i % 2 ? "organization-1" : null, connectedAppId: `app-${i}` };
    const intent = { action: "CLIENT_CREATED", actor, target, requestId: `request-${i}` } as const;
    const operation = await ledger.operations.begin(intent);
    await ledger.operations.finish(operation, { outcome: "DONE" });
    say(`ack ${i}`);
  }
}

async function claim(ledger: Ledger): Promise<void> {
  for (let round = 0; round < 1000; round++) {
    const due = await ledger.rotations.claimDue(3);
    if (due.length === 0) break;
    for (const { connectedAppId } of due) say(connectedAppId);
  }
}

async function main(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, Math.max(0, Number(start) - Date.now())));
  const ledger = await openLedger({
    databaseUrl,
    logger: silent,
    metrics: createMetrics(),
    clock: () => new Date(),
  });
  if (mode === "append") await append(ledger);
  if (mode === "claim") await claim(ledger);
  await ledger.stop();
  say("end");
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
