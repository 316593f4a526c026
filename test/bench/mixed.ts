import { type ChildProcess, fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { OPERATOR_ORGANIZATION_ID, PROJECT_ID, SECRET } from "stytch-emulator";
import { startTarget } from "./attacks/target";
import { type Measured, runHonest } from "./mixed/honest";
import { createMint, startStandIn } from "./mixed/stand-in";

/**
 * Honest callers alone, then the same beside hostile ones: `npm run build`, then
 * `npx tsx test/bench/mixed.ts [--minutes 10] [--rate 40] [--gateway DIRECTORY]`. The gateway has one core, everything
 * else the other. Alone takes half of the minutes, together all of them.
 */
const GATEWAY_CORE = 0;
const OTHER_CORE = 1;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { minutes: { type: "string" }, rate: { type: "string" }, gateway: { type: "string" } },
  });
  const milliseconds = Number(values.minutes ?? 10) * 60_000;
  const rate = Number(values.rate ?? 40);
  spawnSync("taskset", ["-cp", String(OTHER_CORE), String(process.pid)]);
  const standIn = await startStandIn(OTHER_CORE);
  const scratch = mkdtempSync(join(tmpdir(), "mixed-"));
  const target = await startTarget(
    resolve(values.gateway ?? join(__dirname, "../..")),
    {
      PORT: "0",
      NODE_ENV: "production",
      PUBLIC_URL: "https://gateway.example",
      TRUST_PROXY: "1",
      STYTCH_PROJECT_ID: PROJECT_ID,
      STYTCH_SECRET: SECRET,
      STYTCH_BASE_URL: `${standIn.url}/`,
      OPERATOR_ORGANIZATION_ID,
      DATABASE_URL: `file:${join(scratch, "ledger.db")}`,
    },
    scratch,
    GATEWAY_CORE,
  );
  const mint = createMint(standIn.url);
  let hostile: ChildProcess | undefined;
  try {
    await runHonest(target.url, mint, rate, 5000);
    const memory = [target.rssMb()];
    const measuring = setInterval(() => memory.push(target.rssMb()), 60_000);
    const phase = async (length: number): Promise<Measured & Shares> => {
      const [cpu, waited, started] = [target.cpuMs(), target.waitedMs(), performance.now()];
      const measured = await runHonest(target.url, mint, rate, length);
      const share = (spent: number) => `${Math.round((100 * spent) / (performance.now() - started))} %`;
      return { ...measured, cpu: share(target.cpuMs() - cpu), starved: share(target.waitedMs() - waited) };
    };
    const alone = await phase(milliseconds / 2);
    hostile = await startHostile({ gateway: target.url, standIn: standIn.url });
    const beside = await phase(milliseconds);
    clearInterval(measuring);
    memory.push(target.rssMb());
    console.table({ alone: rowOf(alone), "beside hostile traffic": rowOf(beside) });
    console.log("Errors of honest callers:", { alone: alone.errors, beside: beside.errors });
    console.log("RSS in MB, at the start, each minute, at the end:", memory.join(" "));
    hostile.send("count");
    const [outcomes] = await once(hostile, "message");
    console.log("What became of hostile requests:", outcomes);
  } finally {
    hostile?.disconnect();
    await target.kill();
    standIn.child.kill();
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Of the phase's time. `starved`: ready, but other programs had the core; on an idle machine next to nothing. */
interface Shares {
  cpu: string;
  starved: string;
}

const rowOf = ({ errors, ...measured }: Measured & Shares) => ({
  ...measured,
  errors: Object.values(errors).reduce((sum, count) => sum + count, 0),
});

async function startHostile(facts: { gateway: string; standIn: string }): Promise<ChildProcess> {
  const child = fork(join(__dirname, "mixed/hostile.ts"), [JSON.stringify(facts)], { execArgv: ["--import", "tsx"] });
  await once(child, "message");
  return child;
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
