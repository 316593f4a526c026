import { StytchApiError } from "./errors";
import type { Clock } from "./state";

const MINUTE = 60_000;

/** Search endpoints have a limit of their own, counted in fixed minutes that reset on the minute. */
export function createRateLimit(clock: Clock, perMinute = Number.POSITIVE_INFINITY): (route: string) => void {
  const counts = new Map<string, { minute: number; count: number }>();
  return (route) => {
    if (!route.endsWith("/search")) return;
    const minute = Math.floor(clock().getTime() / MINUTE);
    const known = counts.get(route);
    const count = known?.minute === minute ? known.count + 1 : 1;
    counts.set(route, { minute, count });
    if (count > perMinute) throw new StytchApiError("too_many_requests");
  };
}
