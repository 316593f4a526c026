import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { startEmulator } from "stytch-emulator";
import { scripts } from "../../package.json";
import { post } from "../support/post";
import { startReplica } from "../support/replica";

const ROOT = join(__dirname, "../..");
/** Longer than the few requests that the test makes meanwhile take on a busy machine. */
const PAUSE_MS = 2000;
const REQUESTS = 25;

test("SIGTERM under load: what was accepted is answered, what is new is refused, exit 0", async () => {
  const emulator = await startEmulator({ port: 0, latencyMs: 700 });
  const tokens = await Promise.all(
    Array.from({ length: REQUESTS }, () => emulator.mintSession({ memberId: emulator.seeded.people.memberId })),
  );
  const gateway = spawn(process.execPath, ["--import", "tsx", "src/index.ts"], {
    cwd: ROOT,
    env: {
      ...process.env,
      PORT: "0",
      NODE_ENV: "test",
      STYTCH_PROJECT_ID: emulator.projectId,
      STYTCH_SECRET: emulator.secret,
      STYTCH_BASE_URL: `${emulator.url}/`,
      DATABASE_URL: `file:${join(mkdtempSync(join(tmpdir(), "gateway-")), "ledger.db")}`,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(gateway, "exit");
  const url = await new Promise<string>((resolve) => {
    createInterface(gateway.stdout).on("line", (line) => {
      const found = line.match(/listening at (http:\/\/[\d.:]+)/)?.[1];
      if (found) resolve(found);
    });
  });

  const answers = tokens.map(({ session_token }) =>
    post(url, { "x-stytch-member-session": session_token, connection: "close" }, "{ viewer { member { id } } }"),
  );
  // Stytch has seen every request, so the gateway has accepted them all and answered none.
  while (emulator.requests("POST /v1/b2b/sessions/authenticate").length < REQUESTS) await new Promise(setImmediate);
  const stopping = performance.now();
  gateway.kill("SIGTERM");

  const statuses = (await Promise.all(answers)).map(({ status, errors }) => [status, errors.length]);
  expect(statuses).toEqual(Array.from({ length: REQUESTS }, () => [200, 0]));
  expect(await exited).toEqual([0, null]);
  expect(performance.now() - stopping).toBeLessThan(10_000);
  await expect(post(url, {}, "{ __typename }")).rejects.toThrow("fetch failed");
  await emulator.stop();
});

test("between 'not ready' and the end of listening, requests are still answered, and told to connect anew", async () => {
  const emulator = await startEmulator({ port: 0 });
  const gateway = await startReplica(emulator, {}, { stopPauseMs: PAUSE_MS });
  const stopped = gateway.stop();
  expect((await fetch(`${gateway.url}/readyz`)).status).toBe(503);
  const answer = await post(gateway.url, {}, "{ __typename }");
  expect([answer.status, answer.headers.get("connection")]).toEqual([200, "close"]);
  expect((await fetch(`${gateway.url}/livez`)).status).toBe(200);
  await stopped;
  await expect(post(gateway.url, {}, "{ __typename }")).rejects.toThrow("fetch failed");
  await emulator.stop();
});

test("in production the pause is there without being asked for", async () => {
  const emulator = await startEmulator({ port: 0 });
  const gateway = await startReplica(emulator, { production: true });
  const stopped = gateway.stop();
  expect((await fetch(`${gateway.url}/readyz`)).status).toBe(503);
  await stopped;
  await emulator.stop();
});

test("a signal to npm reaches the gateway: its port is free afterwards", async () => {
  const script = scripts.start.replace(/dist\/index\.js$/, "--import tsx src/index.ts");
  const { PATH = "" } = process.env;
  const shell = spawn("sh", ["-c", script], {
    cwd: ROOT,
    env: { PATH, PORT: "0", EMULATOR_PORT: "0" },
    stdio: ["ignore", "pipe", "ignore"],
    // A group of its own, so that nothing of it outlives a failing test.
    detached: true,
  });
  const ended = once(shell, "exit");
  try {
    const url = await new Promise<string>((resolve) => {
      createInterface(shell.stdout).on("line", (line) => {
        const found = line.match(/listening at (http:\/\/[\d.:]+)/)?.[1];
        if (found) resolve(found);
      });
    });
    shell.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
    await expect(fetch(`${url}/livez`)).rejects.toThrow("fetch failed");
  } finally {
    if (shell.pid) killGroup(shell.pid);
  }
});

function killGroup(id: number): void {
  try {
    process.kill(-id, "SIGKILL");
  } catch {
    // It has ended, as it should.
  }
}
