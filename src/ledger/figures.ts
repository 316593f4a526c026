import { Counter, Gauge } from "prom-client";
import type { Metrics } from "../metrics";
import type { Operations } from "./operations";
import type { Rotations } from "./rotations";

/** What operators see of the ledger on `/metrics`. The gauges ask the database when they are read. */
export function registerFigures({ registry }: Metrics) {
  const registers = [registry];
  return {
    events: new Counter({ name: "gateway_ledger_events_total", help: "Audit events written.", registers }),
    failures: new Counter({
      name: "gateway_ledger_failures_total",
      help: "Reads and writes of the ledger that the database did not answer in time, or refused.",
      registers,
    }),
    watch(operations: Operations, rotations: Rotations): void {
      new Gauge({
        name: "gateway_ledger_open_operations",
        help: "Writes under way, or cut off and not settled yet. NaN when the ledger is away.",
        registers,
        async collect() {
          this.set(await operations.countOpen().catch(() => Number.NaN));
        },
      });
      new Gauge({
        name: "gateway_secret_rotations",
        help: "Secret rotations with a clock: scheduled (all), due, overdue (for more than a minute), failed (last try).",
        labelNames: ["state"],
        registers,
        async collect() {
          const figures = await rotations.figures().catch(() => undefined);
          for (const state of ["scheduled", "due", "overdue", "failed"] as const) {
            this.set({ state }, figures?.[state] ?? Number.NaN);
          }
        },
      });
    },
  };
}
