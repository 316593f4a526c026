import { execFileSync } from "node:child_process";
import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { createConnection, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { type Emulator, startEmulator } from "stytch-emulator";
import { openSqlite } from "../../src/ledger/sqlite-engine";
import { startTestGateway } from "../support/gateway";
import { inFrontOf, startProcess } from "../support/process";
import { ENGINES, type Postgres, startPostgres } from "./engines";

/** A gateway whose ledger can be brought into trouble and out of it. */
export interface Stage {
  url: string;
  emulator: Emulator;
  databaseUrl: string;
  log(): string;
  begin(): Promise<void>;
  end(): Promise<void>;
  stop(): Promise<void>;
}

export interface Trouble {
  name: string;
  /** Whether the ledger can still be read. */
  readable: boolean;
  open(): Promise<Stage>;
}

async function siteAt(databaseUrl: string) {
  const { url, emulator, logs, stop } = await startTestGateway({ config: { databaseUrl } });
  return { url, emulator, databaseUrl, log: () => JSON.stringify(logs), stop };
}

async function locked(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "ledger-"));
  const file = join(folder, "ledger.db");
  const site = await siteAt(`file:${file}`);
  const other = openSqlite(file);
  return {
    ...site,
    begin: async () => other.exec("begin immediate"),
    end: async () => other.exec("rollback"),
    async stop() {
      other.close();
      await site.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** With its log, to where nobody looks for it. */
async function moved(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "ledger-"));
  const file = join(folder, "ledger.db");
  const site = await siteAt(`file:${file}`);
  const move = async (from: string, to: string) => {
    for (const end of ["", "-wal", "-shm"]) renameSync(from + end, to + end);
  };
  return {
    ...site,
    begin: () => move(file, `${file}.away`),
    end: () => move(`${file}.away`, file),
    async stop() {
      await site.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A process of its own: from one moment to the next the system lets it write no byte more to any file. */
async function full(): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), "ledger-"));
  const databaseUrl = `file:${join(folder, "ledger.db")}`;
  const emulator = await startEmulator({ port: 0, searchesPerMinute: 0 });
  const { child, said, says, ended } = startProcess({
    PORT: "0",
    NODE_ENV: "test",
    DATABASE_URL: databaseUrl,
    ...inFrontOf(emulator),
  });
  const [, url = ""] = await says(/listening at (http:\/\/127\.0\.0\.1:\d+)/);
  const limit = (bytes: string) => void execFileSync("prlimit", ["--pid", String(child.pid), `--fsize=${bytes}:`]);
  return {
    url,
    emulator,
    databaseUrl,
    log: said,
    begin: async () => limit("0"),
    end: async () => limit("unlimited"),
    async stop() {
      child.kill("SIGTERM");
      await ended;
      await emulator.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

async function away(): Promise<Stage> {
  const server = await startPostgres();
  const site = await siteAt(await server.create());
  return {
    ...site,
    begin: () => server.crash(),
    end: () => server.restart(),
    async stop() {
      await site.stop();
      await server.stop();
    },
  };
}

/** The others share a server, and have a database each. */
let shared: Promise<Postgres> | undefined;
const database = async (): Promise<string> => {
  shared ??= startPostgres();
  return (await shared).create();
};
export const stopShared = async (): Promise<void> => (await shared)?.stop();

/** Another client of the same database. */
async function withClient(work: (client: Client) => Pick<Stage, "begin" | "end">): Promise<Stage> {
  const databaseUrl = await database();
  const site = await siteAt(databaseUrl);
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  return {
    ...site,
    ...work(client),
    async stop() {
      await client.end();
      await site.stop();
    },
  };
}

const lockedTables = () =>
  withClient((client) => ({
    begin: async () => {
      await client.query("begin; lock table operation, audit_event, chain_head, app_grant in access exclusive mode");
    },
    end: async () => void (await client.query("rollback")),
  }));

/** What a server answers whose disk is full: SQLSTATE 53100. */
const fullServer = () =>
  withClient((client) => ({
    begin: async () => {
      await client.query(`create function no_space() returns trigger language plpgsql as
        $$ begin raise exception 'could not extend file' using errcode = 'disk_full'; end $$`);
      for (const table of ["operation", "audit_event", "authorization_request"]) {
        await client.query(`create trigger no_space before insert on ${table} execute function no_space()`);
      }
    },
    end: async () => void (await client.query("drop function no_space cascade")),
  }));

/** Between gateway and server: from `begin` on every answer comes 2 s later. */
async function slow(): Promise<Stage> {
  const url = new URL(await database());
  const folder = mkdtempSync(join(tmpdir(), "ledger-slow-"));
  const name = ".s.PGSQL.5432";
  const target = join(url.searchParams.get("host") ?? "", name);
  let delayMs = 0;
  const sockets = new Set<Socket>();
  const proxy = createServer((near) => {
    const far = createConnection(target);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
    near.pipe(far);
    far.on("data", (chunk) => {
      if (delayMs === 0) near.write(chunk);
      else setTimeout(() => near.write(chunk), delayMs).unref();
    });
  });
  await new Promise<void>((resolve) => proxy.listen(join(folder, name), resolve));
  url.searchParams.set("host", folder);
  const site = await siteAt(url.href);
  return {
    ...site,
    begin: async () => {
      delayMs = 2000;
    },
    end: async () => {
      delayMs = 0;
    },
    async stop() {
      await site.stop();
      for (const socket of sockets) socket.destroy();
      proxy.close();
      rmSync(folder, { recursive: true });
    },
  };
}

const isLinux = process.platform === "linux";
const ofSqlite: Trouble[] = [
  { name: "a SQLite file that another process locked", readable: true, open: locked },
  { name: "a SQLite file that was moved away", readable: false, open: moved },
  // `prlimit` is Linux's.
  ...(isLinux ? [{ name: "a SQLite file on a disk that takes no more", readable: true, open: full }] : []),
];
const ofPostgres: Trouble[] = [
  { name: "a PostgreSQL server that is away", readable: false, open: away },
  { name: "a PostgreSQL server that takes 2 s for each answer", readable: false, open: slow },
  { name: "a PostgreSQL server with a full disk", readable: true, open: fullServer },
  { name: "PostgreSQL tables that another client locked", readable: false, open: lockedTables },
];
const hasServer = ENGINES.includes("postgres") && !process.env.TEST_POSTGRES_URL;
export const TROUBLES: readonly Trouble[] = [...ofSqlite, ...(hasServer ? ofPostgres : [])];
