import type { Clock } from "../clock";
import type { Settings } from "../settings";
import { StytchApiError } from "./errors";

const MINUTE = 60_000;

/** The search of clients has no limit. */
const LIMITED: ReadonlySet<string> = new Set([
  "POST /v1/b2b/organizations/search",
  "POST /v1/b2b/organizations/members/search",
]);

export interface RateLimit {
  /** Counts one request; throws when it is over the limit. */
  count(route: string): void;
  clear(): void;
}

/** Each search endpoint is counted apart, in fixed minutes that reset on the minute. 0 per minute means no limit. */
export function createRateLimit(clock: Clock, settings: Settings): RateLimit {
  const counts = new Map<string, { minute: number; count: number }>();
  const count = (route: string) => {
    const { searchesPerMinute } = settings;
    if (searchesPerMinute === 0 || !LIMITED.has(route)) return;
    const minute = Math.floor(clock().getTime() / MINUTE);
    const known = counts.get(route);
    const made = known?.minute === minute ? known.count + 1 : 1;
    counts.set(route, { minute, count: made });
    if (made > searchesPerMinute) throw new StytchApiError("too_many_requests");
  };
  return { count, clear: () => counts.clear() };
}
