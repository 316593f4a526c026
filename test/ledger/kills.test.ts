import { startEngine } from "./engines";
import { STEPS, type Step, startKillRounds } from "./kill-rounds";

// 200 kills, and PostgreSQL: `npx tsx test/ledger/kills.ts`.
test("killed at every step of its mutations, the gateway has one true outcome for each, and repeats none", async () => {
  const engine = await startEngine("sqlite");
  const rounds = await startKillRounds({ databaseUrl: await engine.create() });
  try {
    for (const step of Object.keys(STEPS).filter((name): name is Step => name in STEPS)) await rounds.kill(step);
    const { kills, deeds, fates, events } = await rounds.finish();
    expect([kills, deeds]).toEqual([10, 88]);
    // Proof that the kills came in time: outcomes that only the sweeper could find out.
    expect(fates["intent found open, settled as done"]).toBeGreaterThan(5);
    expect(fates["completed by the gateway"]).toBeGreaterThan(0);
    expect(events).toBeGreaterThan(20);
  } finally {
    await rounds.stop();
    await engine.stop();
  }
}, 240_000);
