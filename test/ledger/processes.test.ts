import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { ENGINES, type Engine, startEngine } from "./engines";
import { openTestLedger, verify } from "./ledger";

const ROOT = join(__dirname, "../..");

function startWorker(...args: string[]): ChildProcess & { stdout: NonNullable<ChildProcess["stdout"]> } {
  return spawn(process.execPath, ["--import", "tsx", join(__dirname, "worker.ts"), ...args], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function runWorkers(count: number, ...args: string[]): Promise<string[][]> {
  const workers = Array.from({ length: count }, () => startWorker(...args, String(Date.now() + 3000)));
  const outputs = workers.map(async (worker) => {
    const [output, errors, [code]] = await Promise.all([
      text(worker.stdout),
      worker.stderr ? text(worker.stderr) : "",
      once(worker, "exit"),
    ]);
    expect({ code, errors }).toEqual({ code: 0, errors: "" });
    return output.trim().split("\n").slice(0, -1);
  });
  return Promise.all(outputs);
}

describe.each(ENGINES)("several processes on %s", (name) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine(name);
  });
  afterAll(() => engine.stop());

  test("three migrate an empty database at the same moment", async () => {
    const url = await engine.create();
    expect(await runWorkers(3, url, "migrate", "0")).toEqual([[], [], []]);
  });

  test("two write 1000 operations each: every chain is unbroken", async () => {
    const url = await engine.create();
    const acknowledged = await runWorkers(2, url, "append", "1000");
    expect(acknowledged.map(({ length }) => length)).toEqual([1000, 1000]);
    const ledger = await openTestLedger(url);
    expect(await verify(ledger)).toEqual({ chains: 2, events: 2000, erased: 0, pruned: 0, breaks: [] });
    expect((await ledger.events.head(null))?.position).toBe(1000);
    expect((await ledger.events.head("organization-1"))?.position).toBe(1000);
    const events = await ledger.log();
    expect(events.map(({ order }) => order)).toEqual(Array.from({ length: 2000 }, (_, i) => 2000 - i));
    expect(new Set(events.map(({ actor }) => actor.id)).size).toBe(2);
    await ledger.stop();
  }, 120_000);

  test("killed at any moment: what was acknowledged is there, and the chains are unbroken", async () => {
    const url = await engine.create();
    const worker = startWorker(url, "append", "100000");
    let output = "";
    worker.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (output.length > 2000) worker.kill("SIGKILL");
    });
    await once(worker, "close");
    const acknowledged = output.split("\n").filter((line) => line.startsWith("ack ")).length;
    const ledger = await openTestLedger(url);
    const { events, breaks } = await verify(ledger);
    expect(breaks).toEqual([]);
    expect(acknowledged).toBeGreaterThan(100);
    expect(events).toBeGreaterThanOrEqual(acknowledged);
    await ledger.stop();
  });

  test("two claim 50 due rotations: each goes to one of them", async () => {
    const url = await engine.create();
    const ledger = await openTestLedger(url);
    const apps = Array.from({ length: 50 }, (_, i) => `app-${i}`);
    const startedBy = { kind: "SERVICE", id: "service-1" } as const;
    await ledger.store.write(async (unit) => {
      for (const connectedAppId of apps) {
        await ledger.rotations.started({ connectedAppId, startedBy, completeAfter: new Date(0) })(unit);
      }
    });
    const claimed = await runWorkers(2, url, "claim", "0");
    expect(claimed.flat().sort()).toEqual(apps.sort());
    await ledger.stop();
  });
});
