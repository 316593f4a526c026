/**
 * Kills the gateway again and again, at every step of its mutations, and looks whether its ledger is true afterwards:
 * `npx tsx test/ledger/kills.ts [--kills 200] [--engine sqlite|postgres]`. About two seconds for each kill. The suite
 * has a small one, `kills.test.ts`.
 */
import { parseArgs } from "node:util";
import { startEngine } from "./engines";
import { STEPS, type Step, startKillRounds } from "./kill-rounds";

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      kills: { type: "string", default: "200" },
      engine: { type: "string", default: "sqlite" },
    },
  });
  const engine = await startEngine(values.engine);
  const rounds = await startKillRounds({ databaseUrl: await engine.create() });
  const steps: Step[] = Object.keys(STEPS).filter((step): step is Step => step in STEPS);
  const start = performance.now();
  try {
    for (let kills = 0, round = 0; kills < Number(values.kills); round++) {
      const step = steps[round % steps.length] ?? "sent";
      await rounds.kill(step);
      kills += step === "settling" || step === "completing" ? 2 : 1;
      process.stderr.write(`\r${kills} kills `);
    }
    const totals = await rounds.finish();
    process.stdout.write(
      `\n${JSON.stringify({ ...totals, seconds: Math.round((performance.now() - start) / 1000) }, null, 2)}\n`,
    );
  } finally {
    await rounds.stop();
    await engine.stop();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`\n${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
