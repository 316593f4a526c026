import pino from "pino";
import type { AuditEvent } from "../../src/ledger/event";
import type { AuditScope } from "../../src/ledger/event-pages";
import type { LoggedHeads } from "../../src/ledger/logged-heads";
import { type Ledger, type LedgerOptions, openLedger } from "../../src/ledger/open";
import { type Verdict, verifyDatabase } from "../../src/ledger/verify";
import { createMetrics } from "../../src/metrics";

/** A ledger with a clock that can be set, and the lines of its log. */
export interface TestLedger extends Ledger {
  lines: Record<string, unknown>[];
  metrics(): Promise<string>;
  clock(): Date;
  advance(milliseconds: number): void;
  /** All events, newest first, read page by page. */
  log(scope?: AuditScope): Promise<AuditEvent[]>;
}

/** Writes nothing, not even the heads, which no level keeps from the log. */
export const silent = pino({ level: "silent" }, { write: () => undefined });

export const NOW = Date.parse("2026-11-21T12:00:00Z");

export async function openTestLedger(databaseUrl: string, options: Partial<LedgerOptions> = {}): Promise<TestLedger> {
  const lines: Record<string, unknown>[] = [];
  const logger = pino({ level: "debug" }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const metrics = createMetrics();
  let now = NOW;
  const ledger = await openLedger({ databaseUrl, logger, metrics, clock: () => new Date(now), ...options });
  return {
    ...ledger,
    lines,
    clock: () => new Date(now),
    metrics: () => metrics.registry.metrics(),
    advance: (milliseconds) => {
      now += milliseconds;
    },
    async log(scope = { of: "all" }) {
      const events: AuditEvent[] = [];
      for (let after: number | undefined; ; ) {
        const page = await ledger.events.page(scope, { first: 100, after });
        events.push(...page.events);
        const last = page.events.at(-1);
        if (!page.hasMore || !last) return events;
        after = page.cursorOf(last);
      }
    },
  };
}

/** The verdict of the command's check on an open ledger. */
export const verify = (ledger: Ledger, heads?: LoggedHeads): Promise<Verdict> =>
  ledger.store.read((db) => verifyDatabase(db, heads));
