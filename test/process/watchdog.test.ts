import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const ROOT = join(__dirname, "../..");

/** What a process said that ran this after it had begun a request, and how it ended. */
async function run(body: string) {
  const code = `
    const { startWatchdog } = require("./src/watchdog.ts");
    const watchdog = startWatchdog(300);
    watchdog.begin("request-0 gone")();
    watchdog.begin("request-1 member member-test-1");
    setTimeout(() => { ${body} }, 500);`;
  const flags = ["--max-old-space-size=40", "--import", "tsx", "-e", code];
  const child = spawn(process.execPath, flags, { cwd: ROOT, stdio: ["ignore", "pipe", "ignore"] });
  let text = "";
  child.stdout.on("data", (chunk) => {
    text += chunk;
  });
  const [exitCode, signal] = await once(child, "close");
  const lines = text.split("\n").filter((line) => line !== "");
  return { lines: lines.map((line) => JSON.parse(line)), died: signal !== null || exitCode !== 0 };
}

const HOLD = "const until = Date.now() + 1500; while (Date.now() < until);";

test("an operation that uses up the memory has left a line that names its caller", async () => {
  const { lines, died } = await run(`
    const kept = [];
    for (;;) { const next = Date.now() + 2; while (Date.now() < next); kept.push(Array.from({ length: 2000 }, Math.random)); }`);
  expect(died).toBe(true);
  expect(lines).toEqual([
    expect.objectContaining({
      level: 60,
      msg: "The event loop is held",
      underWay: ["request-1 member member-test-1"],
    }),
  ]);
});

test("one that holds the event loop is named once; a process that is well says nothing", async () => {
  const { lines, died } = await run(`${HOLD} setTimeout(() => process.exit(0), 500);`);
  expect(died).toBe(false);
  expect(lines).toHaveLength(1);
  expect((await run("setTimeout(() => process.exit(0), 1000);")).lines).toEqual([]);
});
