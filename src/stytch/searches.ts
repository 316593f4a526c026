import { Failure } from "../failure";
import type { Metrics } from "../metrics";
import type { Redis } from "../redis";
import type { UpstreamCall } from "./call";

/**
 * Endpoints of which Stytch answers 100 requests a minute, for all tenants of a project together:
 * https://stytch.com/docs/b2b/api/search-members, https://stytch.com/docs/b2b/api/search-organizations
 */
const SCARCE = new Set(["organizations.search", "members.search"]);

export const isScarce = (operation: string): boolean => SCARCE.has(operation);

/** Stytch counts in fixed minutes, not in rolling ones. */
const MINUTE_MS = 60_000;

/** Until the minute ends in which somebody may search no more. */
export const secondsLeft = (now: number): number => Math.ceil((MINUTE_MS - (now % MINUTE_MS)) / 1000);

/**
 * A tenant may take one more while it has less than so many times what is left (dynamic thresholds: Choudhury and Hahne,
 * IEEE/ACM Transactions on Networking 6(2), 1998). n greedy ones meet where each has S/(1 + Sn) of all: one alone 80 of
 * 100, two 44 each, with some left for the next that comes. Who is known from the minute before is held to that part
 * from the start, so that coming first gains nothing.
 */
const SHARE_OF_REST = 4;
/** Tenants told apart in one minute; further ones are counted as one. */
const MAX_TENANTS = 10_000;

interface Minute {
  number: number;
  total: number;
  used: Map<string, number>;
}

export interface SearchRationOptions {
  /** Of each endpoint; 0 is no limit. */
  perMinute: number;
  clock: () => Date;
  metrics: Metrics;
  /** Where replicas count together. While it is away, each counts by itself. */
  redis?: Redis | undefined;
}

export type SearchRation = ReturnType<typeof createSearchRation>;

/** Rations searches before they are sent, so that one tenant cannot use up what all share. */
export function createSearchRation({ perMinute, clock, metrics, redis }: SearchRationOptions) {
  const counts = new Map<string, { current: Minute; last: Minute }>();
  const empty = (number: number): Minute => ({ number, total: 0, used: new Map() });

  function countOf(operation: string, minute: number) {
    const known = counts.get(operation);
    if (known?.current.number === minute) return known;
    const last = known?.current.number === minute - 1 ? known.current : empty(minute - 1);
    const made = { current: empty(minute), last };
    counts.set(operation, made);
    return made;
  }

  /** What this process has counted. Asking counts as well: who is refused keeps its part in the next minute. */
  function takeHere(operation: string, tenant: string, minute: number): boolean {
    const { current, last } = countOf(operation, minute);
    const isKnown = current.used.has(tenant) || current.used.size < MAX_TENANTS;
    const name = isKnown ? tenant : "";
    const used = current.used.get(name) ?? 0;
    current.used.set(name, used);
    const tenants = new Set([...current.used.keys(), ...last.used.keys()]).size;
    if (!mayTake({ used, total: current.total, tenants, perMinute })) return false;
    count(current, name);
    return true;
  }

  async function takeTogether(shared: Redis, { operation, meter }: UpstreamCall, minute: number): Promise<boolean> {
    const { tenant } = meter;
    const keyOf = (number: number) => `{gateway-searches:${operation}}:${number}`;
    const asked = shared.run(TAKE, [keyOf(minute), keyOf(minute - 1)], [tenant, perMinute, SHARE_OF_REST]);
    const answer = await meter.patience.wait(asked);
    const isGiven = answer === 1;
    // So that nobody starts afresh when Redis goes away in the middle of a minute.
    if (isGiven) count(countOf(operation, minute).current, tenant);
    return isGiven;
  }

  async function take(call: UpstreamCall, minute: number): Promise<boolean> {
    const here = () => takeHere(call.operation, call.meter.tenant, minute);
    if (!redis?.isUp()) return here();
    try {
      return await takeTogether(redis, call, minute);
    } catch {
      return here();
    }
  }

  /** Runs `search` if the tenant has a search left in this minute. @throws RATE_LIMITED, and nothing was sent */
  return async function rationed<T>(call: UpstreamCall, search: () => Promise<T>): Promise<T> {
    const { operation } = call;
    if (perMinute > 0 && isScarce(operation)) {
      const now = clock().getTime();
      const isGiven = await take(call, Math.floor(now / MINUTE_MS));
      metrics.searches.inc({ endpoint: operation, result: isGiven ? "sent" : "refused" });
      if (!isGiven) throw refused(secondsLeft(now));
    }
    return search();
  };
}

interface Standing {
  used: number;
  total: number;
  /** Who asked in this minute or the last, the asking one included. */
  tenants: number;
  perMinute: number;
}

/** The rule; `TAKE` is the same for Redis. */
function mayTake({ used, total, tenants, perMinute }: Standing): boolean {
  const fairPart = Math.max(1, Math.round((SHARE_OF_REST * perMinute) / (1 + SHARE_OF_REST * tenants)));
  return used < fairPart && used < SHARE_OF_REST * (perMinute - total);
}

function count(minute: Minute, tenant: string): void {
  minute.total += 1;
  minute.used.set(tenant, (minute.used.get(tenant) ?? 0) + 1);
}

/** A hash for each minute: a field for each tenant, and two whose names no tenant has. */
const TAKE = `
local used = tonumber(redis.call('HGET', KEYS[1], ARGV[1]))
if not used then
  used = 0
  redis.call('HSET', KEYS[1], ARGV[1], 0)
  redis.call('HINCRBY', KEYS[1], ':total', 0)
  redis.call('HINCRBY', KEYS[1], ':new', redis.call('HEXISTS', KEYS[2], ARGV[1]) == 1 and 0 or 1)
  redis.call('EXPIRE', KEYS[1], 150)
end
local total = tonumber(redis.call('HGET', KEYS[1], ':total'))
local tenants = math.max(0, redis.call('HLEN', KEYS[2]) - 2) + tonumber(redis.call('HGET', KEYS[1], ':new'))
local perMinute = tonumber(ARGV[2])
local share = tonumber(ARGV[3])
local fairPart = math.max(1, math.floor(share * perMinute / (1 + share * tenants) + 0.5))
if used >= fairPart or used >= share * (perMinute - total) then
  return 0
end
redis.call('HINCRBY', KEYS[1], ARGV[1], 1)
redis.call('HINCRBY', KEYS[1], ':total', 1)
return 1
`;

const refused = (retryAfterSeconds: number) =>
  new Failure(
    "RATE_LIMITED",
    "Your part of this minute's searches is used up; Stytch allows few for everybody together. Wait, then try again.",
    { retryAfterSeconds },
  );
