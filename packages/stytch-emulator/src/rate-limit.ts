import { StytchApiError } from "./errors";
import type { Clock } from "./state";

const MINUTE = 60_000;

/** Stytch's documented limit for its two searches; the search of clients has none. */
export const SEARCHES_PER_MINUTE = 100;
const LIMITED: ReadonlySet<string> = new Set([
  "POST /v1/b2b/organizations/search",
  "POST /v1/b2b/organizations/members/search",
]);

/** Each search endpoint is counted apart, in fixed minutes that reset on the minute. 0 per minute means no limit. */
export function createRateLimit(clock: Clock, perMinute = SEARCHES_PER_MINUTE): (route: string) => void {
  const counts = new Map<string, { minute: number; count: number }>();
  return (route) => {
    if (perMinute === 0 || !LIMITED.has(route)) return;
    const minute = Math.floor(clock().getTime() / MINUTE);
    const known = counts.get(route);
    const count = known?.minute === minute ? known.count + 1 : 1;
    counts.set(route, { minute, count });
    if (count > perMinute) throw new StytchApiError("too_many_requests");
  };
}
