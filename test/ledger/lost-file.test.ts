import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqlite } from "../../src/ledger/sqlite-engine";
import { openTestLedger, type TestLedger, verify } from "./ledger";

const UNAVAILABLE = expect.objectContaining({ code: "LEDGER_UNAVAILABLE" });

let folder: string;
let file: string;
let ledger: TestLedger;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "ledger-"));
  file = join(folder, "ledger.db");
  ledger = await openTestLedger(`file:${file}`);
});
afterEach(async () => {
  await ledger.stop();
  rmSync(folder, { recursive: true });
});

/** One after the other: whoever waits with others is tried again, and may not notice. */
async function append(...requestIds: string[]) {
  const actor = { kind: "SERVICE", id: "service-1" } as const;
  for (const requestId of requestIds) {
    const target = { connectedAppId: "connected-app-test-1" };
    const operation = await ledger.operations.begin({ action: "CLIENT_DELETED", actor, target, requestId });
    await ledger.operations.finish(operation, { outcome: "DONE" });
  }
}
const recorded = async () => (await ledger.log()).map(({ requestId }) => requestId).reverse();
const backUp = (to: string) => {
  const handle = openSqlite(file);
  handle.exec(`vacuum into '${to}'`);
  handle.close();
};
const remove = (...ends: string[]) => {
  for (const end of ends) unlinkSync(file + end);
};
/** The reasons in the log, each once. */
const reasons = () => [
  ...new Set(ledger.lines.filter(({ msg }) => msg === "The ledger cannot be used").map(({ reason }) => String(reason))),
];

test("deleted: nothing is written or made in its place, until a backup is there", async () => {
  await append("a", "b");
  const backup = join(folder, "backup.db");
  backUp(backup);
  remove("", "-wal", "-shm");
  for (let i = 0; i < 3; i++) await expect(append("lost")).rejects.toEqual(UNAVAILABLE);
  await expect(recorded()).rejects.toEqual(UNAVAILABLE);
  expect(await ledger.isUp()).toBe(false);
  expect(readdirSync(folder)).toEqual(["backup.db"]);
  expect(reasons()).toEqual([
    `${file} was deleted or moved. Put it back, or restore a backup there; nothing is recorded.`,
  ]);

  copyFileSync(backup, file);
  await expect(append("noticed")).rejects.toEqual(UNAVAILABLE);
  await append("c");
  expect(await recorded()).toEqual(["a", "b", "c"]);
  expect(await verify(ledger)).toMatchObject({ breaks: [] });
});

test.each([
  ["and its log was left", []],
  ["and its log was deleted", ["-wal", "-shm"]],
])("replaced by an older one %s: the next write is refused, those after it are in the new one", async (_, gone) => {
  await append("a");
  const backup = join(folder, "backup.db");
  backUp(backup);
  await append("b");
  await recorded();
  renameSync(backup, file);
  remove(...gone);
  await expect(append("noticed")).rejects.toEqual(UNAVAILABLE);
  expect(reasons()).toEqual([expect.stringContaining(`${file} was replaced while it was in use.`)]);
  await append("c");
  expect(await recorded()).toEqual(["a", "c"]);
  await ledger.stop();
  ledger = await openTestLedger(`file:${file}`);
  expect(await recorded()).toEqual(["a", "c"]);
  expect(await verify(ledger)).toMatchObject({ breaks: [] });
});

test.each([
  ["an empty file", () => writeFileSync(file, "")],
  ["a text", () => writeFileSync(file, "no database ".repeat(1000))],
  [
    "another program's database",
    () => {
      const handle = openSqlite(file);
      handle.exec("create table users (id)");
      handle.close();
    },
  ],
])("%s is not taken for the ledger", async (_, put) => {
  await append("a");
  renameSync(file, `${file}.away`);
  remove("-wal", "-shm");
  put();
  for (let i = 0; i < 3; i++) await expect(append("lost")).rejects.toEqual(UNAVAILABLE);
  expect(existsSync(`${file}-wal`)).toBe(false);
  renameSync(`${file}.away`, file);
  await append("b");
  expect(await recorded()).toEqual(["a", "b"]);
  expect(await verify(ledger)).toMatchObject({ breaks: [] });
});

test("a log that was deleted costs one write, and nothing of what it held", async () => {
  await append("a");
  expect(await recorded()).toEqual(["a"]);
  remove("-wal", "-shm");
  await expect(append("noticed")).rejects.toEqual(UNAVAILABLE);
  await append("b");
  expect(await recorded()).toEqual(["a", "b"]);
  // As it would be found after a crash.
  const copy = join(folder, "copy.db");
  for (const end of ["", "-wal"]) copyFileSync(file + end, copy + end);
  const found = await openTestLedger(`file:${copy}`);
  expect(await found.log()).toHaveLength(2);
  await found.stop();
  expect(await verify(ledger)).toMatchObject({ breaks: [] });
});
