import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Emulator } from "stytch-emulator";
import { inFrontOf } from "../support/process";

export interface GatewayChild {
  readonly url: string;
  /** SIGKILL: nothing is written, closed or said. Resolves when the process is gone. */
  kill(): Promise<void>;
  /** What it said on standard output and standard error, at most its last 20,000 characters. */
  said(): string;
}

export interface ChildOptions {
  databaseUrl: string;
  redisUrl?: string | undefined;
  /** How far its clock is ahead of this machine's. Tokens and sessions go by the machine's all the same. */
  aheadMs?: number;
}

const MAX_SAID = 20_000;

/** The whole gateway as a process of its own, before an emulator that outlives it. */
export async function startChild(emulator: Emulator, options: ChildOptions): Promise<GatewayChild> {
  const { databaseUrl, redisUrl, aheadMs = 0 } = options;
  const child = spawn(process.execPath, ["--import", "tsx", join(__dirname, "gateway.child.ts")], {
    cwd: join(__dirname, "../.."),
    env: {
      PATH: process.env.PATH,
      CLOCK_AHEAD_MS: String(aheadMs),
      PORT: "0",
      NODE_ENV: "test",
      LOG_LEVEL: "warn",
      ...inFrontOf(emulator),
      DATABASE_URL: databaseUrl,
      ...(redisUrl && { REDIS_URL: redisUrl }),
      UPSTREAM_SEARCHES_PER_MINUTE: "0",
      DIRECTORY_MAX_AGE_SECONDS: "0",
      RATE_LIMIT_VIEWER: "0",
      RATE_LIMIT_ORGANIZATION: "0",
      RATE_LIMIT_ADDRESS: "0",
    },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk) => {
      said = (said + chunk).slice(-MAX_SAID);
    });
  }
  const ended = once(child, "exit");
  const url = await Promise.race([
    urlOf(child),
    ended.then(() => Promise.reject(new Error(`It did not start:\n${said}`))),
  ]);
  return {
    url,
    said: () => said,
    async kill() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

async function urlOf(child: ChildProcess): Promise<string> {
  const [message]: { url: string }[] = await once(child, "message");
  return message?.url ?? "";
}
