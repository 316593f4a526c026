import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { MEMORY } from "../child";

/** One attempt may take so long; then the process counts as held, and is killed. */
export const DEADLINE_MS = 5000;

export interface Reply {
  /** 0: no answer within the deadline. */
  status: number;
  headers: Headers;
  text: string;
  data: Record<string, unknown> | null;
  /** The first top-level error's code. */
  code: string | undefined;
  ms: number;
}

/** A gateway in its own process, seen from outside only. */
export interface Target {
  readonly url: string;
  readonly child: ChildProcess;
  /** JSON lines of its log. */
  readonly logs: Record<string, unknown>[];
  isAlive(): boolean;
  /** CPU time of the process so far. */
  cpuMs(): number;
  /** How long its thread has been ready to run so far, while others had its core. */
  waitedMs(): number;
  rssMb(): number;
  peakRssMb(): number;
  ask(body: Body, headers?: Record<string, string>): Promise<Reply>;
  get(path: string, headers?: Record<string, string>): Promise<Reply>;
  /** Ends it at once. */
  kill(): Promise<void>;
}

/** A document, or a whole body as it is sent. */
export type Body = string | { query: string; variables?: Record<string, unknown> } | { raw: string };

/** Lines of the log that are kept. */
const MAX_LINES = 20_000;

export class StartRefused extends Error {}

/** Starts `dist/index.js` of that directory. @throws {StartRefused} with what it said, when it ends or says nothing */
export async function startTarget(
  directory: string,
  env: Record<string, string>,
  cwd: string,
  core?: number,
): Promise<Target> {
  const node = [process.execPath, "--max-old-space-size=1024", ...MEMORY];
  const pin = core === undefined ? [] : ["taskset", "-c", String(core)];
  const [command = "", ...args] = [...pin, ...node, join(directory, "dist/index.js")];
  const child = spawn(command, args, {
    cwd,
    env: { PATH: process.env.PATH ?? "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const logs: Record<string, unknown>[] = [];
  let said = "";
  child.stderr.on("data", (chunk) => {
    said = (said + chunk).slice(-2000);
  });
  const url = await new Promise<string>((resolve, reject) => {
    const late = setTimeout(() => child.kill("SIGKILL"), 15_000);
    child.once("exit", () => reject(new StartRefused(said)));
    createInterface(child.stdout).on("line", (line) => {
      const parsed = parse(line);
      if (parsed && logs.length < MAX_LINES) logs.push(parsed);
      const found = /listening at (http:\/\/[\d.:]+)/.exec(line)?.[1];
      if (!found) return;
      clearTimeout(late);
      resolve(found);
    });
  });
  const send = async (path: string, init: RequestInit): Promise<Reply> => {
    const started = performance.now();
    const reply = { status: 0, headers: new Headers(), text: "", data: null, code: undefined };
    try {
      const signal = AbortSignal.timeout(DEADLINE_MS);
      const response = await fetch(url + path, { ...init, redirect: "manual", signal });
      const text = await response.text();
      const { data = null, errors } = parse(text) ?? {};
      const code = /"code":"(\w+)"/.exec(JSON.stringify(errors ?? []))?.[1];
      const ms = performance.now() - started;
      return { status: response.status, headers: response.headers, text, data: isRecord(data) ? data : null, code, ms };
    } catch {
      return { ...reply, ms: performance.now() - started };
    }
  };
  return {
    url,
    child,
    logs,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    cpuMs: () => cpuOf(child.pid),
    waitedMs: () => Number(proc(child.pid, `task/${child.pid}/schedstat`).split(" ")[1] ?? 0) / 1e6,
    rssMb: () => memoryOf(child.pid, "VmRSS"),
    peakRssMb: () => memoryOf(child.pid, "VmHWM"),
    ask: (body, headers = {}) =>
      send("/graphql", {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: bodyOf(body),
      }),
    get: (path, headers = {}) => send(path, { headers }),
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
  };
}

const bodyOf = (body: Body): string =>
  typeof body === "string" ? JSON.stringify({ query: body }) : "raw" in body ? body.raw : JSON.stringify(body);

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : null;
  } catch {
    return null;
  }
}

/** Linux counts in ticks of 10 ms: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html, utime and stime. */
function cpuOf(pid: number | undefined): number {
  const fields = proc(pid, "stat").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * 10;
}

function memoryOf(pid: number | undefined, name: string): number {
  const kilobytes = new RegExp(`${name}:\\s+(\\d+)`).exec(proc(pid, "status"))?.[1] ?? 0;
  return Math.round(Number(kilobytes) / 1024);
}

/** Nothing, once the process has ended. */
function proc(pid: number | undefined, file: string): string {
  try {
    return readFileSync(`/proc/${pid ?? 0}/${file}`, "utf8");
  } catch {
    return "";
  }
}
