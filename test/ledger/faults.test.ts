import { spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { openDatabase, requireCurrent } from "../../src/ledger/database";
import { openLedger } from "../../src/ledger/open";
import { openSqlite } from "../../src/ledger/sqlite-engine";
import { LedgerUnavailable } from "../../src/ledger/unavailable";
import { verifyDatabase } from "../../src/ledger/verify";
import { createMetrics } from "../../src/metrics";
import { ENGINES, type Postgres, startPostgres } from "./engines";
import { openTestLedger, silent, verify } from "./ledger";

const actor = { kind: "SERVICE", id: "service-1" } as const;
const intent = {
  action: "CLIENT_DELETED",
  actor,
  target: { connectedAppId: "app-1" },
  requestId: "request-1",
} as const;
const UNAVAILABLE = expect.objectContaining({ code: "LEDGER_UNAVAILABLE" });

/** The message of the error with which a start ends. */
async function startError(databaseUrl: string): Promise<string> {
  try {
    const ledger = await openLedger({ databaseUrl, logger: silent, metrics: createMetrics(), clock: () => new Date() });
    await ledger.stop();
    return "none";
  } catch (error) {
    expect(error).toEqual(UNAVAILABLE);
    return error instanceof LedgerUnavailable ? error.message : "";
  }
}

async function elapsed(work: Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work;
  return performance.now() - start;
}

describe("a SQLite file", () => {
  let folder: string;
  let file: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "ledger-"));
    file = join(folder, "data/ledger.db");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const fill = async () => {
    const ledger = await openTestLedger(`file:${file}`);
    const one = async () => ledger.operations.finish(await ledger.operations.begin(intent), { outcome: "DONE" });
    await Promise.all(Array.from({ length: 300 }, one));
    await ledger.stop();
  };

  test("is made with its folder, with a write-ahead log, and synchronous also after a second start", async () => {
    await fill();
    const ledger = await openTestLedger(`file:${file}`);
    const { rows } = await ledger.store.write(({ trx }) =>
      sql<{ synchronous: number }>`pragma synchronous`.execute(trx),
    );
    expect(rows).toEqual([{ synchronous: 2 }]);
    expect(readFileSync(file).subarray(18, 20)).toEqual(Buffer.from([2, 2]));
    await ledger.stop();
  });

  test("that is no database", async () => {
    mkdirSync(join(folder, "data"));
    writeFileSync(file, "x".repeat(10_000));
    expect(await startError(`file:${file}`)).toMatch(/is damaged or is no SQLite database. Restore a backup/);
  });

  test("with damage in the middle", async () => {
    await fill();
    const handle = openSync(file, "r+");
    for (let page = 4; page < 40; page++) writeSync(handle, Buffer.alloc(4096, 0xaa), 0, 4096, page * 4096);
    expect(await startError(`file:${file}`)).toMatch(/is damaged/);
  });

  test("that a newer version wrote", async () => {
    await fill();
    const handle = openSqlite(file);
    handle.exec("insert into ledger_migration values ('9999-later', '2030-01-01')");
    handle.close();
    expect(await startError(`file:${file}`)).toMatch(/written by a newer version of this program. Start that version/);
  });

  test("below something that is no folder", async () => {
    writeFileSync(join(folder, "data"), "");
    expect(await startError(`file:${file}`)).toMatch(/cannot be opened/);
  });

  const protect = () => {
    chmodSync(folder, 0o755);
    chmodSync(join(folder, "data"), 0o555);
    chmodSync(file, 0o444);
  };
  /** Permissions do not bind root, so it is tried as somebody else. */
  const asNobody = (name: "main" | "check") => {
    const script = `require("./test/ledger/start-error").${name}(${JSON.stringify(`file:${file}`)})`;
    const { stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", "-e", script], { encoding: "utf8" });
    return stdout + stderr;
  };

  test("that is read-only", async () => {
    await fill();
    protect();
    expect(asNobody("main")).toMatch(/cannot be written. Give the gateway's user write access/);
  });

  test("that is read-only can be verified, also while its gateway runs", async () => {
    await fill();
    const ledger = await openTestLedger(`file:${file}`);
    await ledger.events.append({ ...intent, outcome: "DONE" });
    protect();
    expect(JSON.parse(asNobody("check"))).toMatchObject({ events: 301, breaks: [] });
    chmodSync(join(folder, "data"), 0o755);
    await ledger.stop();
    // What a copy has not.
    for (const suffix of ["-wal", "-shm"]) rmSync(`${file}${suffix}`, { force: true });
    protect();
    expect(JSON.parse(asNobody("check"))).toMatchObject({ events: 301, breaks: [] });
    expect(readdirSync(join(folder, "data"))).toEqual(["ledger.db"]);
  });

  test("locked at start: said after a moment, while the event loop goes on", async () => {
    await fill();
    const other = openSqlite(file);
    other.exec("begin immediate");
    let turns = 0;
    const timer = setInterval(() => turns++, 10);
    expect(await startError(`file:${file}`)).toMatch(/locked by another process. Stop that process, or use PostgreSQL/);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(20);
    other.close();
    expect(await startError(`file:${file}`)).toBe("none");
  });

  test("locked later: writes are refused within 2 s, reads go on, and it recovers", async () => {
    const ledger = await openTestLedger(`file:${file}`);
    await ledger.operations.finish(await ledger.operations.begin(intent), { outcome: "DONE" });
    const other = openSqlite(file);
    other.exec("begin immediate");
    const refused = Array.from({ length: 20 }, () =>
      expect(ledger.operations.begin(intent)).rejects.toEqual(UNAVAILABLE),
    );
    expect(await elapsed(ledger.log())).toBeLessThan(1400);
    expect(await elapsed(Promise.all(refused))).toBeLessThan(4000);
    other.exec("rollback");
    other.close();
    await ledger.operations.begin(intent);
    expect(await ledger.operations.countOpen()).toBe(1);
    expect(await ledger.metrics()).toContain("gateway_ledger_failures_total 20");
    await ledger.stop();
  });

  test("on a full disk: what was acknowledged is there, reads go on, and it recovers", async () => {
    const ledger = await openTestLedger(`file:${file}`);
    // SQLite's own bound of the file's size gives the error of a full disk.
    await ledger.store.write(({ trx }) => sql`pragma max_page_count = 80`.execute(trx));
    let written = 0;
    const fillUp = async () => {
      for (; written < 2000; written++) await ledger.events.append({ ...intent, outcome: "DONE" });
    };
    await expect(fillUp()).rejects.toEqual(UNAVAILABLE);
    await expect(ledger.operations.begin({ ...intent, facts: { text: "x".repeat(20_000) } })).rejects.toEqual(
      UNAVAILABLE,
    );
    expect(await ledger.log()).toHaveLength(written);
    await ledger.store.write(({ trx }) => sql`pragma max_page_count = 1000000`.execute(trx)).catch(() => undefined);
    await ledger.events.append({ ...intent, outcome: "DONE" });
    expect(await verify(ledger)).toMatchObject({ events: written + 1, breaks: [] });
    await ledger.stop();
  });
});

const postgres = ENGINES.includes("postgres") && !process.env.TEST_POSTGRES_URL ? describe : undefined;
postgres?.("a PostgreSQL server", () => {
  let server: Postgres;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  test("that is not there, or refuses", async () => {
    expect(await startError("postgres://nobody:secret@127.0.0.1:1/ledger")).toBe(
      "The ledger's database 127.0.0.1:1/ledger cannot be reached (ECONNREFUSED). Check that it runs, and DATABASE_URL.",
    );
    const url = new URL(await server.create());
    url.pathname = "/missing";
    expect(await startError(url.href)).toMatch(/does not exist on its server. Create it/);
  });

  test("that takes no writes, as a standby: no gateway starts on it, and it can be verified", async () => {
    const url = await server.create();
    const ledger = await openTestLedger(url);
    await ledger.events.append({ ...intent, outcome: "DONE" });
    const name = new URL(url).pathname.slice(1);
    await ledger.store.write(({ trx }) =>
      sql`alter database ${sql.id(name)} set default_transaction_read_only = on`.execute(trx),
    );
    await ledger.stop();
    expect(await startError(url)).toMatch(/does not let this user create or write tables/);
    const database = await openDatabase(url, "read");
    await requireCurrent(database);
    expect(await verifyDatabase(database.read)).toMatchObject({ events: 1, breaks: [] });
    await database.close();
  });

  test("that a newer version wrote to", async () => {
    const url = await server.create();
    const ledger = await openTestLedger(url);
    await ledger.store.write(({ trx }) => sql`insert into ledger_migration values ('9999-later', '2030')`.execute(trx));
    await ledger.stop();
    expect(await startError(url)).toMatch(/newer version/);
  });

  test("that crashes and comes back: nothing acknowledged is lost, and no restart is needed", async () => {
    const ledger = await openTestLedger(await server.create());
    let acknowledged = 0;
    let going = true;
    const busy = (async () => {
      while (going) {
        await ledger.events.append({ ...intent, outcome: "DONE" }).then(
          () => acknowledged++,
          () => undefined,
        );
      }
    })();
    while (acknowledged < 50) await new Promise((resolve) => setImmediate(resolve));
    await server.crash();
    await expect(ledger.operations.begin(intent)).rejects.toEqual(UNAVAILABLE);
    await expect(ledger.log()).rejects.toEqual(UNAVAILABLE);
    expect(await ledger.isUp()).toBe(false);
    await server.restart();
    const before = acknowledged;
    while (acknowledged < before + 50) await new Promise((resolve) => setImmediate(resolve));
    going = false;
    await busy;
    const { events, breaks } = await verify(ledger);
    expect(breaks).toEqual([]);
    expect(events).toBeGreaterThanOrEqual(acknowledged);
    await ledger.stop();
  });

  test("that is frozen: every call fails within 2 s, an outcome is kept, and it recovers", async () => {
    const ledger = await openTestLedger(await server.create());
    const operation = await ledger.operations.begin(intent);
    server.pause();
    const calls = [
      ...Array.from({ length: 10 }, () => expect(ledger.operations.begin(intent)).rejects.toEqual(UNAVAILABLE)),
      expect(ledger.grants.of([{ organizationId: "o", memberId: "m", connectedAppId: "a" }])).rejects.toEqual(
        UNAVAILABLE,
      ),
      expect(ledger.operations.finish(operation, { outcome: "DONE" })).resolves.toBe(false),
    ];
    expect(await elapsed(Promise.all(calls))).toBeLessThan(4000);
    server.resume();
    while (!(await ledger.isUp())) await new Promise((resolve) => setImmediate(resolve));
    await ledger.operations.retryUnwritten();
    const log = await ledger.log();
    expect(log.filter(({ outcome }) => outcome === "DONE")).toHaveLength(1);
    // An intent that was committed after its caller was told that nothing is sent says so.
    expect(log.filter(({ outcome, code }) => outcome !== "DONE" && code !== "LEDGER_UNAVAILABLE")).toEqual([]);
    expect((await verify(ledger)).breaks).toEqual([]);
    await ledger.stop();
  });
});
