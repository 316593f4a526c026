import type { FastifyReply } from "fastify";
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import type { Caller } from "../caller/caller";
import type { RateLimits } from "../config";
import { Failure } from "../failure";
import type { Redis } from "../redis";

const WINDOW_SECONDS = 60;

export type RateLimiter = ReturnType<typeof createRateLimiter>;

/** Counts in Redis when there is one, so that replicas share the limits; in memory without it or while it is away. */
export function createRateLimiter(limits: RateLimits, redis: Redis | undefined) {
  const create = (keyPrefix: keyof RateLimits) => {
    const options = { keyPrefix: `rate-${keyPrefix}`, points: limits[keyPrefix], duration: WINDOW_SECONDS };
    const memory = new RateLimiterMemory(options);
    if (!redis) return memory;
    return new RateLimiterRedis({
      ...options,
      storeClient: redis.client,
      useRedisPackage: true,
      insuranceLimiter: memory,
    });
  };
  const limiters = { viewer: create("viewer"), organization: create("organization"), address: create("address") };

  /** Takes one point of each limit; the headers tell of the one that is nearer its end. @throws RATE_LIMITED */
  return async function take(caller: Caller | null, address: string, reply: FastifyReply): Promise<void> {
    const counted = keysOf(caller, address).filter(([kind]) => limits[kind] > 0);
    const states = await Promise.all(counted.map(([kind, key]) => spend(kind, key)));
    const [first, ...rest] = states;
    if (!first) return;
    const tightest = rest.reduce((a, b) => (b.remaining < a.remaining ? b : a), first);
    reply.header("RateLimit-Limit", tightest.limit);
    reply.header("RateLimit-Remaining", tightest.remaining);
    reply.header("RateLimit-Reset", tightest.reset);
    const refused = states.find(({ isOver }) => isOver);
    if (!refused) return;
    reply.header("Retry-After", refused.reset);
    throw new Failure("RATE_LIMITED", "Too many requests. Wait, then try again.", {
      retryAfterSeconds: refused.reset,
    });
  };

  async function spend(kind: keyof RateLimits, key: string) {
    const result = await limiters[kind].consume(key).catch((reason: unknown) => {
      if (reason instanceof RateLimiterRes) return reason;
      throw reason;
    });
    return {
      limit: limits[kind],
      remaining: Math.max(0, result.remainingPoints),
      reset: Math.max(1, Math.ceil(result.msBeforeNext / 1000)),
      isOver: result.consumedPoints > limits[kind],
    };
  }
}

function keysOf(caller: Caller | null, address: string): [keyof RateLimits, string][] {
  const identity = caller?.identity;
  if (!identity || identity.kind === "nobody") return [["address", address]];
  if (identity.kind === "service") return [["viewer", identity.clientId]];
  return [
    ["viewer", identity.memberId],
    ["organization", identity.organizationId],
  ];
}
