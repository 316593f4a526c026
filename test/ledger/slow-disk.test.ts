import { setTimeout as sleep } from "node:timers/promises";
import { type Driver, Kysely } from "kysely";
import { migrate } from "../../src/ledger/database";
import type { Tables } from "../../src/ledger/schema";
import { createSqliteDialect } from "../../src/ledger/sqlite-dialect";
import { createStore } from "../../src/ledger/store";
import { silent } from "./ledger";

const SYNC_MS = 400;

/** SQLite on a disk that takes its time over each sync. */
async function openSlowly() {
  const dialect = createSqliteDialect(":memory:", false);
  let commits = 0;
  const write = new Kysely<Tables>({
    dialect: {
      createAdapter: () => dialect.createAdapter(),
      createIntrospector: (db) => dialect.createIntrospector(db),
      createQueryCompiler: () => dialect.createQueryCompiler(),
      createDriver: (): Driver => {
        const driver = dialect.createDriver();
        return {
          init: () => driver.init(),
          acquireConnection: () => driver.acquireConnection(),
          beginTransaction: (connection, settings) => driver.beginTransaction(connection, settings),
          async commitTransaction(connection) {
            commits++;
            await sleep(SYNC_MS);
            await driver.commitTransaction(connection);
          },
          rollbackTransaction: (connection) => driver.rollbackTransaction(connection),
          releaseConnection: (connection) => driver.releaseConnection(connection),
          destroy: () => driver.destroy(),
        };
      },
    },
  });
  const database = {
    where: "The slow ledger",
    write,
    read: write,
    skipLocked: false,
    patient: () => write,
    close: () => write.destroy(),
  };
  await migrate(database);
  commits = 0;
  return { database, commits: () => commits };
}

test("a burst of writes on a slow disk shares its syncs: none is refused", async () => {
  const { database, commits } = await openSlowly();
  let failed = 0;
  const store = createStore(database, {
    clock: () => new Date(),
    logger: silent,
    appended: () => undefined,
    failed: () => failed++,
  });
  const append = async (i: number) => {
    // Requests arrive one after the other, not in one turn of the event loop.
    await sleep(i % 50);
    await store.write(async (unit) =>
      unit.append({
        action: "CLIENT_DELETED",
        outcome: "DONE",
        actor: { kind: "SERVICE", id: "service-1" },
        requestId: `request-${i}`,
      }),
    );
  };
  await Promise.all(Array.from({ length: 300 }, (_, i) => append(i)));
  expect(failed).toBe(0);
  expect(commits()).toBeLessThanOrEqual(5);
  await store.stop();
  await database.close();
});
