/**
 * What the ledger costs, and how long it holds the event loop: `npx tsx test/ledger/bench.ts [DATABASE_URL]`, SQLite in a new
 * folder when left out. It writes 100,000 operations. No test: figures of a busy machine say little.
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import pino from "pino";
import type { AuditScope } from "../../src/ledger/event-pages";
import { type Ledger, openLedger } from "../../src/ledger/open";
import { verifyDatabase } from "../../src/ledger/verify";
import { createMetrics } from "../../src/metrics";

const databaseUrl = process.argv[2] ?? `file:${join(mkdtempSync(join(tmpdir(), "ledger-bench-")), "ledger.db")}`;
const DAY = 24 * 3_600_000;
let now = Date.now();
const print = (text: string) => process.stdout.write(`${text}\n`);
const milliseconds = (value: number) => `${value.toFixed(1)} ms`;

async function measured(what: string, work: () => Promise<number[] | undefined>): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const start = performance.now();
  const times = (await work())?.sort((a, b) => a - b);
  const seconds = (performance.now() - start) / 1000;
  delay.disable();
  const each = times?.length
    ? `${Math.round(times.length / seconds)}/s, p50 ${milliseconds(times[times.length >> 1] ?? 0)}, p99 ${milliseconds(times[Math.floor(times.length * 0.99)] ?? 0)}, `
    : "";
  const memory = Math.round(process.memoryUsage().rss / 1e6);
  print(
    `${what}: ${each}${seconds.toFixed(1)} s; event loop p99 ${milliseconds(delay.percentile(99) / 1e6)}, max ${milliseconds(delay.max / 1e6)}; RSS ${memory} MB`,
  );
}

const operate = (ledger: Ledger, callers: number, count: number) => async () => {
  const times: number[] = [];
  let next = 0;
  const caller = async () => {
    for (let i = next++; i < count; i = next++) {
      const target = {
        organizationId: i % 5 ? `organization-${i % 50}` : null,
        memberId: `member-${i % 997}`,
        connectedAppId: `app-${i % 89}`,
      };
      const key = {
        organizationId: "organization-1",
        memberId: target.memberId,
        connectedAppId: target.connectedAppId,
      };
      const start = performance.now();
      const operation = await ledger.operations.begin({
        action: "AUTHORIZATION_GRANTED",
        actor: { kind: "MEMBER", id: target.memberId },
        target,
        requestId: `request-${i}`,
      });
      const effects = [ledger.grants.granted(key, ["openid", "email"])];
      await ledger.operations.finish(operation, {
        outcome: i % 10_007 ? "DONE" : "FAILED",
        scopes: ["openid", "email"],
        effects,
      });
      times.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  return times;
};

const pages =
  (ledger: Ledger, scope: AuditScope, filter = {}) =>
  async () => {
    const times: number[] = [];
    for (let i = 0; i < 20; i++) {
      const start = performance.now();
      await ledger.events.page(scope, { first: 50, filter });
      times.push(performance.now() - start);
    }
    return times;
  };

async function main(): Promise<void> {
  const options = {
    databaseUrl,
    logger: pino({ level: "error" }),
    metrics: createMetrics(),
    clock: () => new Date(now),
    retentionDays: 30,
  };
  const ledger = await openLedger(options);
  await measured("begin and finish, 1 caller", operate(ledger, 1, 500));
  await measured("begin and finish, 32 callers", operate(ledger, 32, 10_000));
  await measured("begin and finish, 200 callers", operate(ledger, 200, 90_000));
  await measured("page of 50, all", pages(ledger, { of: "all" }));
  await measured("page of 50, all, rare outcome", pages(ledger, { of: "all" }, { outcomes: ["FAILED"] }));
  await measured(
    "page of 50, all, one app",
    pages(ledger, { of: "all" }, { connectedAppId: "app-1", actions: ["AUTHORIZATION_GRANTED"] }),
  );
  await measured(
    "page of 50, Member",
    pages(ledger, { of: "member", organizationId: "organization-1", memberId: "member-1" }),
  );
  const keys = Array.from({ length: 200 }, (_, i) => ({
    organizationId: "organization-1",
    memberId: `member-${i % 50}`,
    connectedAppId: `app-${i % 89}`,
  }));
  await measured("200 grants", async () => {
    const start = performance.now();
    await ledger.grants.of(keys);
    return [performance.now() - start];
  });
  await measured("verify", async () => {
    const verdict = await verifyDatabase(await ledger.store.read(async (db) => db));
    print(JSON.stringify(verdict));
    return undefined;
  });
  now += 31 * DAY;
  await measured("prune, ten rounds", async () => {
    for (let i = 0; i < 10; i++) await ledger.maintain();
    return undefined;
  });
  await ledger.stop();
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
