/**
 * The whole gateway as a process that tests kill: the environment of `npm start`, and two things that no environment sets,
 * since only a test wants them: CLOCK_AHEAD_MS moves its clock, so that nobody waits for the minute after which a crash is
 * settled, and what is due is looked for every 100 ms.
 */
import "reflect-metadata";
import { loadConfig } from "../../src/config";
import { startGateway } from "../../src/gateway";

async function main(): Promise<void> {
  const { CLOCK_AHEAD_MS, ...environment } = process.env;
  const config = loadConfig(environment);
  if (!config.stytch) throw new Error("It needs an emulator.");
  const ahead = Number(CLOCK_AHEAD_MS ?? 0);
  const { url } = await startGateway(
    { ...config, stytch: config.stytch },
    {
      clock: () => new Date(Date.now() + ahead),
      upkeepEveryMs: 100,
      // The machine is busy with everything else that the tests started.
      maxLateMs: Number.POSITIVE_INFINITY,
    },
  );
  // Whoever started it may be gone.
  process.on("disconnect", () => process.exit(0));
  process.send?.({ url });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exit(1);
});
