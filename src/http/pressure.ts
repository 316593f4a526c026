import { getHeapStatistics } from "node:v8";

const TICK_MS = 100;
/** Ticks that are averaged: one stall of a second is forgiven, being late for half a second on end is not. */
const WINDOW = 5;
/** Milliseconds that a timer is late, on average, from which on waiting only makes it worse. */
const MAX_LATE_MS = 250;
/**
 * Share of the heap that V8 may use. Beyond it V8 spends its time collecting garbage, and then gives up. What buffers take
 * beside the heap counts as well. RSS does not: it stays up long after memory was freed.
 */
const MAX_HEAP = 0.9;

export type Overload = "late" | "memory";

export interface Pressure {
  /** Why no new work should be taken, if so. */
  overload(): Overload | null;
  stop(): void;
}

/** Watches how far the event loop is behind and how full the memory is; ten looks a second, kept for half a second. */
export function startPressure(maxLateMs = MAX_LATE_MS): Pressure {
  const late = Array.from({ length: WINDOW }, () => 0);
  let due = performance.now() + TICK_MS;
  let isFull = false;
  const timer = setInterval(() => {
    const now = performance.now();
    late.push(Math.max(0, now - due));
    late.shift();
    due = now + TICK_MS;
    const { used_heap_size: used, external_memory: beside, heap_size_limit: limit } = getHeapStatistics();
    isFull = used + beside > MAX_HEAP * limit;
  }, TICK_MS);
  timer.unref();
  return {
    overload() {
      if (isFull) return "memory";
      return late.reduce((sum, each) => sum + each, 0) / WINDOW > maxLateMs ? "late" : null;
    },
    stop: () => clearInterval(timer),
  };
}
