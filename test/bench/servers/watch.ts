import { readFileSync } from "node:fs";

const TICK_MS = 5;

/** CPU of the main thread alone: without V8's compiler and collector, which have threads of their own. Linux only. */
function threadMs(): number {
  try {
    return Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ")[0]) / 1e6;
  } catch {
    return Number.NaN;
  }
}

/**
 * What one request does to a process: questions for `report`. How long the event loop stood still is told in CPU time
 * between two ticks, since on a busy machine the clock also shows what others did.
 */
export function createWatch() {
  let started = process.cpuUsage();
  let thread = 0;
  let before = 0;
  let peak = 0;
  let last = 0;
  let blocked = 0;
  let ticking: NodeJS.Timeout | undefined;
  const cpuMs = () => {
    const { user, system } = process.cpuUsage(started);
    return (user + system) / 1000;
  };
  function look(): void {
    const now = cpuMs();
    blocked = Math.max(blocked, now - last);
    last = now;
    peak = Math.max(peak, process.memoryUsage.rss());
  }
  return {
    watch() {
      // Not before: it would cost every measured request.
      if (!ticking) ticking = setInterval(look, TICK_MS).unref();
      globalThis.gc?.();
      started = process.cpuUsage();
      thread = threadMs();
      before = peak = process.memoryUsage.rss();
      last = blocked = 0;
    },
    seen() {
      look();
      return {
        cpuMs: Math.round(cpuMs()),
        threadMs: Math.round(threadMs() - thread),
        blockedMs: Math.round(blocked),
        grownMb: Math.round((peak - before) / 1e6),
      };
    },
  };
}
