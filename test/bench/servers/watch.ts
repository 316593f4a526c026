const TICK_MS = 5;

/**
 * What one request does to a process: questions for `report`. How long the event loop stood still is told in CPU time
 * between two ticks, since on a busy machine the clock also shows what others did.
 */
export function createWatch() {
  let started = process.cpuUsage();
  let before = 0;
  let peak = 0;
  let last = 0;
  let blocked = 0;
  let isTicking = false;
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
      if (!isTicking) setInterval(look, TICK_MS).unref();
      isTicking = true;
      globalThis.gc?.();
      started = process.cpuUsage();
      before = peak = process.memoryUsage.rss();
      last = blocked = 0;
    },
    seen() {
      look();
      return { cpuMs: Math.round(cpuMs()), blockedMs: Math.round(blocked), grownMb: Math.round((peak - before) / 1e6) };
    },
  };
}
