import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ENGINES, type Engine, startEngine } from "./engines";
import { openTestLedger } from "./ledger";

const ROOT = join(__dirname, "../..");

interface Ended {
  code: number | string;
  stdout: string;
  stderr: string;
}

const run = (databaseUrl: string, ...args: string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const { PATH = "" } = process.env;
    const env = { PATH, DATABASE_URL: databaseUrl };
    execFile(
      process.execPath,
      ["--import", "tsx", "src/ledger/cli.ts", ...args],
      { cwd: ROOT, env },
      (error, stdout, stderr) => resolve({ code: error?.code ?? 0, stdout, stderr }),
    );
  });

describe.each(ENGINES)("the ledger's command on %s", (name) => {
  let engine: Engine;
  let folder: string;
  let url: string;
  beforeAll(async () => {
    engine = await startEngine(name);
    folder = mkdtempSync(join(tmpdir(), "ledger-cli-"));
    url = await engine.create();
    const ledger = await openTestLedger(url);
    for (let i = 0; i < 5; i++) {
      const memberId = `member-${i}`;
      await ledger.events.append({
        action: "AUTHORIZATION_GRANTED",
        outcome: "DONE",
        actor: { kind: "MEMBER", id: memberId },
        organizationId: "organization-1",
        memberId,
        changes: [{ field: "name", before: null, after: "one\u2028line" }],
        requestId: `request-${i}`,
      });
    }
    await ledger.stop();
    const lines = ledger.lines.map((line) => JSON.stringify(line)).join("\n");
    writeFileSync(join(folder, "log.jsonl"), `not a line of ours\n${lines}\n`);
  });
  afterAll(async () => {
    await engine.stop();
    rmSync(folder, { recursive: true });
  });

  test("heads are found in a log as collectors and killed processes leave it", async () => {
    const [head = ""] = readFileSync(join(folder, "log.jsonl"), "utf8").match(/^.*"Ledger head".*$/m) ?? [];
    const log = join(folder, "collected.jsonl");
    const check = async (...lines: string[]) => {
      writeFileSync(log, lines.join("\n"));
      return run(url, "verify", "--heads", log);
    };
    const other = (chain: string) => head.replace("organization-1", chain);
    const torn = head.slice(0, -1);
    const shipped = ["gateway-1  | ", "2026-11-21T12:00:00.000000000Z stdout F ", head.slice(0, 60)].map(
      (before, index) => `${before}${other(`other-${index}`)}`,
    );
    const { code, stdout, stderr } = await check(head, torn, '{"msg":"Ledger head","chain":1}', ...shipped);
    expect(code).toBe(1);
    expect(stdout.match(/^BROKEN \S+ \d+ is in the log/gm)).toEqual(
      shipped.map((_, index) => `BROKEN other-${index} 5 is in the log`),
    );
    expect(stderr).toBe(`${log}: 2 lines "Ledger head" cannot be read and are passed over.\n`);
    expect(await check("nothing of ours")).toMatchObject({ code: 2, stderr: expect.stringContaining("holds no line") });
  });

  test("verify, export, verify the export; then a change, which both name", async () => {
    const log = join(folder, "log.jsonl");
    expect(await run(url, "verify", "--heads", log)).toEqual({
      code: 0,
      stdout: "OK: 1 chains, 5 events, of which 0 erased; 0 before them are not here.\n",
      stderr: "",
    });
    const { stdout } = await run(url, "export", "--organization", "organization-1", "--since", "2026-01-01");
    expect(stdout.trim().split("\n")).toHaveLength(6);
    const file = join(folder, "export.jsonl");
    writeFileSync(file, stdout);
    expect(await run(url, "verify", file, "--heads", log)).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^OK: 1 chains, 5 events/),
    });
    const cut = stdout.split("\n").slice(0, 4);
    writeFileSync(
      file,
      [...cut, JSON.stringify({ head: { ...JSON.parse(cut[3] ?? ""), event: undefined } })].join("\n"),
    );
    expect(await run(url, "verify", file)).toMatchObject({ code: 1, stdout: expect.stringContaining("BROKEN line 5") });
    const { chain, position, hash } = JSON.parse(cut[3] ?? "");
    writeFileSync(file, [...cut, JSON.stringify({ head: { chain, position, hash } })].join("\n"));
    expect(await run(url, "verify", file, "--heads", log)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^BROKEN organization-1 5 is missing: the log has position 5/),
    });
    writeFileSync(file, "");
    expect(await run(url, "verify", file)).toMatchObject({ code: 1, stdout: expect.stringMatching(/^BROKEN \* 0 /) });
    writeFileSync(file, stdout.replace("request-2", "request-x"));
    expect(await run(url, "verify", file)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(
        /^BROKEN organization-1 3 was changed: its content does not fit its hash\.\nBROKEN: /,
      ),
    });
    expect(await run(url, "erase", "--member", "member-3")).toMatchObject({
      code: 0,
      stdout: "Erased: 1 events, 0 grants.\n",
    });
    expect(await run(url, "verify", "--heads", log)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("of which 1 erased"),
    });
    const ledger = await openTestLedger(url);
    await ledger.store.write(({ trx }) =>
      trx.updateTable("audit_event").set({ outcome: "FAILED" }).where("position", "=", 2).execute(),
    );
    await ledger.stop();
    expect(await run(url, "verify")).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/^BROKEN organization-1 2 was changed/),
    });
  });

  test("a backup is made while the ledger is in use, and never over a file", async () => {
    const file = join(folder, "backup.db");
    const ledger = await openTestLedger(url);
    const made = await run(url, "backup", file);
    if (name === "sqlite") {
      expect(made).toMatchObject({ code: 0 });
      const copy = await openTestLedger(`file:${file}`);
      expect((await copy.events.head("organization-1"))?.position).toBe(5);
      await copy.stop();
      expect(await run(url, "backup", file)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining("Nothing is overwritten"),
      });
    } else {
      expect(made).toMatchObject({ code: 2, stderr: expect.stringContaining("use pg_dump") });
    }
    await ledger.stop();
  });
});

test("wrong use is told in a sentence, with the usage; no ledger is made by looking for one", async () => {
  const missing = join(tmpdir(), `no-ledger-${process.pid}.db`);
  expect(await run(`file:${missing}`, "verify")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("There is no ledger at"),
  });
  expect(existsSync(missing)).toBe(false);
  expect(await run("memory", "erase")).toMatchObject({ code: 2 });
  expect(await run("nonsense", "verify")).toMatchObject({
    code: 1,
    stderr: "DATABASE_URL must be file:PATH, postgres://… or memory.\n",
  });
  expect(await run("memory", "verify", "--wrong")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("Usage:"),
  });
  expect(await run("memory", "--help")).toMatchObject({ code: 0, stdout: expect.stringContaining("Usage:") });
});
