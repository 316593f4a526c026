import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "pg";

/** Where the ledger's tests keep their data. Each call of `create` makes an empty database. */
export interface Engine {
  create(): Promise<string>;
  stop(): Promise<void>;
}

/** Memory where there is such a folder: processes are killed here, the power does not fail. */
const FAST = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
const BINARIES = "/usr/lib/postgresql";
const versions = existsSync(BINARIES)
  ? readdirSync(BINARIES).filter((name) => existsSync(join(BINARIES, name, "bin/initdb")))
  : [];
const newest = versions.sort((a, b) => Number(a) - Number(b)).at(-1);

/** SQLite always; PostgreSQL where it is installed, or where TEST_POSTGRES_URL names a server on which databases may be made. */
export const ENGINES: readonly string[] = ["sqlite", ...(process.env.TEST_POSTGRES_URL || newest ? ["postgres"] : [])];

if (ENGINES.length === 1) {
  process.stderr.write(
    "Left out: the ledger on PostgreSQL, which is not installed here and not named by TEST_POSTGRES_URL.\n",
  );
}

export function startEngine(name: string): Promise<Engine> {
  return name === "sqlite" ? Promise.resolve(startSqlite()) : startPostgres();
}

function startSqlite(): Engine {
  const folder = mkdtempSync(join(FAST, "ledger-"));
  let files = 0;
  return {
    create: async () => `file:${join(folder, `${++files}.db`)}`,
    stop: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

export interface Postgres extends Engine {
  /** The server, when it is ours. */
  pause(): void;
  resume(): void;
  crash(): Promise<void>;
  restart(): Promise<void>;
}

/** `durable` waits for the disk at every commit, as a server in use does: for figures. */
export async function startPostgres({ durable = false } = {}): Promise<Postgres> {
  const given = process.env.TEST_POSTGRES_URL;
  const server = given ? undefined : await startServer(durable);
  const base = given ?? server?.url ?? "";
  let databases = 0;
  const sql = async (text: string) => {
    const client = new Client({ connectionString: base });
    await client.connect();
    await client.query(text);
    await client.end();
  };
  const made: string[] = [];
  return {
    async create() {
      const name = `ledger_test_${process.pid}_${Date.now()}_${++databases}`;
      await sql(`create database ${name}`);
      made.push(name);
      const url = new URL(base);
      url.pathname = `/${name}`;
      return url.href;
    },
    async stop() {
      if (server) return server.stop();
      for (const name of made) await sql(`drop database ${name} with (force)`);
    },
    pause: () => server?.signal("SIGSTOP"),
    resume: () => server?.signal("SIGCONT"),
    crash: async () => server?.crash(),
    restart: async () => server?.start(),
  };
}

/** A private server on a socket in a folder of its own: no port that could be taken. */
async function startServer(durable: boolean) {
  const bin = join(BINARIES, newest ?? "", "bin");
  const folder = mkdtempSync(join(tmpdir(), "ledger-pg-"));
  // PostgreSQL refuses to run as root.
  const root = process.getuid?.() === 0;
  const user = root
    ? { uid: Number(execFileSync("id", ["-u", "postgres"])), gid: Number(execFileSync("id", ["-g", "postgres"])) }
    : {};
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
  const data = join(folder, "data");
  execFileSync(join(bin, "initdb"), ["-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"], {
    ...user,
    stdio: "pipe",
  });
  const url = `postgres://postgres@localhost/postgres?host=${encodeURIComponent(folder)}`;
  let process_: ChildProcess | undefined;
  const start = async () => {
    const child = spawn(
      join(bin, "postgres"),
      ["-D", data, "-k", folder, "-c", "listen_addresses=", "-c", `fsync=${durable ? "on" : "off"}`],
      {
        ...user,
        stdio: "ignore",
      },
    );
    process_ = child;
    for (let tries = 0; ; tries++) {
      const client = new Client({ connectionString: url });
      try {
        await client.connect();
        await client.end();
        return;
      } catch (error) {
        if (tries > 200) throw error;
        await sleep(50);
      }
    }
  };
  const end = async (signal: NodeJS.Signals) => {
    const child = process_;
    if (!child) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await ended;
    process_ = undefined;
  };
  /** The postmaster and its backends: a frozen machine, not only a listener that is busy. */
  const signal = (name: NodeJS.Signals) => {
    const pid = process_?.pid;
    if (pid === undefined) return;
    const backends = execFileSync("pgrep", ["-P", String(pid)], { encoding: "utf8" })
      .trim()
      .split("\n")
      .map(Number);
    for (const each of [pid, ...backends]) process.kill(each, name);
  };
  await start();
  return {
    url,
    start,
    signal,
    crash: () => end("SIGQUIT"),
    async stop() {
      await end("SIGINT");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
