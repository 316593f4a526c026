import type { FastifyReply, FastifyRequest } from "fastify";
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import type { Caller } from "../caller/caller";
import type { Gate, KnownPerson } from "../caller/gate";
import type { RequestParts, Spent } from "../caller/identify";
import type { Service } from "../caller/identity";
import type { RateLimits } from "../config";
import { Failure } from "../failure";
import { type Redis, RedisPatience } from "../redis";
import { addressBlockOf } from "./address-block";
import { whenClientGone, whenOver } from "./client-gone";

declare module "fastify" {
  interface FastifyRequest {
    /** Calls to Stytch, also those that were made before the request was refused; `null` where it came to none. */
    spent: Spent | null;
  }
}

const WINDOW_SECONDS = 60;
/**
 * Upstream calls that go with one request. So 600 requests a minute may make 3,000 calls: a console that loads whole
 * pages is not limited, one that sends nothing but the widest queries is.
 */
const CALLS_PER_REQUEST = 5;

/** Requests that a credential counts for when Stytch had to be asked to refuse it. */
const UNPROVEN_COST = 5;

/** Requests that a text counts for which did not pass its check, or asks for the schema, on top of its own. */
const COSTLY_TEXT_COST = 9;

type Kind = keyof RateLimits | "viewer-calls" | "organization-calls";
type Counted = [kind: Kind, key: string];

interface State {
  limit: number;
  remaining: number;
  /** Seconds. */
  reset: number;
  isOver: boolean;
}

/** Where one kind is counted. */
interface Counter {
  /** In this process, and instead of `shared` while Redis does not answer in time. */
  own: RateLimiterMemory;
  shared?: RateLimiterRedis;
}

/** A gate for each request, with a way to say what the request has cost when it is over. */
export interface RateLimiter {
  gate(request: FastifyRequest, reply: FastifyReply, patience: RedisPatience): Gate;
  /** Upstream calls that were made for this caller. They are known afterwards only, so they count for its next request. */
  spent(identity: Service | KnownPerson, upstreamCalls: number): void;
}

/** Counts in Redis when there is one, so that replicas share the limits; in memory without it or while it is away. */
export function createRateLimiter(limits: RateLimits, redis: Redis | undefined): RateLimiter {
  const points: Record<Kind, number> = {
    ...limits,
    "viewer-calls": limits.viewer * CALLS_PER_REQUEST,
    "organization-calls": limits.organization * CALLS_PER_REQUEST,
  };
  const create = (kind: Kind): Counter => {
    const options = { keyPrefix: `rate-${kind}`, points: points[kind], duration: WINDOW_SECONDS };
    const own = new RateLimiterMemory(options);
    if (!redis) return { own };
    return { own, shared: new RateLimiterRedis({ ...options, storeClient: redis.client, useRedisPackage: true }) };
  };
  const counters: Record<Kind, Counter> = {
    viewer: create("viewer"),
    organization: create("organization"),
    address: create("address"),
    "viewer-calls": create("viewer-calls"),
    "organization-calls": create("organization-calls"),
  };

  const stateOf = (kind: Kind, result: RateLimiterRes): State => ({
    limit: points[kind],
    remaining: Math.max(0, result.remainingPoints),
    reset: Math.max(1, Math.ceil(result.msBeforeNext / 1000)),
    isOver: result.consumedPoints > points[kind],
  });

  /** `work` where replicas count together; in this process if Redis fails or is late. */
  function count<T>(
    kind: Kind,
    patience: RedisPatience,
    work: (limiter: RateLimiterMemory | RateLimiterRedis) => Promise<T>,
  ): Promise<T> {
    const { own, shared } = counters[kind];
    if (!shared || !redis?.isUp()) return work(own);
    return patience.wait(work(shared)).catch(() => work(own));
  }

  async function take([kind, key]: Counted, patience: RedisPatience, cost = 1): Promise<State> {
    const result = await count(kind, patience, (limiter) =>
      limiter.consume(key, cost).catch((reason: unknown) => {
        if (reason instanceof RateLimiterRes) return reason;
        throw reason;
      }),
    );
    return stateOf(kind, result);
  }

  /** What is left. Takes nothing, but is no `get`: with Redis that would be a transaction, which has no deadline. */
  async function look(counted: Counted, patience: RedisPatience): Promise<State> {
    const state = await take(counted, patience, 0);
    return { ...state, isOver: state.remaining === 0 };
  }

  const limited = (counted: Counted[]) => counted.filter(([kind]) => points[kind] > 0);

  /** What nobody waits for. A lost count costs nobody a request, and Redis reports its own trouble. */
  function later(
    counted: Counted[],
    work: (limiter: RateLimiterMemory | RateLimiterRedis, key: string) => Promise<unknown>,
  ) {
    const patience = new RedisPatience();
    for (const [kind, key] of counted) count(kind, patience, (limiter) => work(limiter, key)).catch(() => undefined);
  }

  function gate(request: FastifyRequest, reply: FastifyReply, patience: RedisPatience): Gate {
    const seen = new Set<string>();
    const address: Counted[] = limited([["address", addressBlockOf(request.ip)]]);

    /** The headers tell of the limit of requests that is nearest its end. @throws RATE_LIMITED */
    function answer(requests: State[], calls: State[] = []): void {
      const [first, ...rest] = requests;
      if (first) tell(rest.reduce((a, b) => (b.remaining < a.remaining ? b : a), first));
      const [over, ...others] = [...requests, ...calls].filter(({ isOver }) => isOver);
      if (!over) return;
      const retryAfterSeconds = others.reduce((most, { reset }) => Math.max(most, reset), over.reset);
      reply.header("Retry-After", retryAfterSeconds);
      throw new Failure("RATE_LIMITED", undefined, { retryAfterSeconds });
    }

    function tell({ limit, remaining, reset }: State): void {
      reply.header("RateLimit-Limit", limit);
      reply.header("RateLimit-Remaining", remaining);
      reply.header("RateLimit-Reset", reset);
    }

    const countAddress = async (cost: number) =>
      answer(await Promise.all(address.map((counted) => take(counted, patience, cost))));
    const countUntilGood = async (most: number) => {
      const cost = Math.min(most, points.address);
      await countAddress(cost);
      const giveBack = (points: number) => later(address, (limiter, key) => limiter.reward(key, points));
      return { good: () => giveBack(cost), unanswered: () => giveBack(cost - 1) };
    };

    return {
      nobody: () => countAddress(1),
      refused: () => countAddress(1),
      costlyText: () => later(address, (limiter, key) => limiter.penalty(key, COSTLY_TEXT_COST)),
      async known(identity) {
        const counted = countedOf(identity);
        const [[, viewer]] = counted.requests;
        if (seen.has(viewer)) return;
        seen.add(viewer);
        const [requests, calls] = await Promise.all([
          Promise.all(limited(counted.requests).map((each) => take(each, patience))),
          Promise.all(limited(counted.calls).map((each) => look(each, patience))),
        ]);
        answer(requests, calls);
      },
      unproven: () => countUntilGood(UNPROVEN_COST),
      unknownKey: () => countUntilGood(1),
    };
  }

  return {
    gate,
    spent(identity, upstreamCalls) {
      if (upstreamCalls === 0) return;
      later(limited(countedOf(identity).calls), (limiter, key) => limiter.penalty(key, upstreamCalls));
    },
  };
}

/** What the identification of a request's caller is told of the request. */
export function partsOf(request: FastifyRequest, reply: FastifyReply, limiter: RateLimiter): RequestParts {
  const patience = new RedisPatience();
  return {
    requestId: request.id,
    gate: limiter.gate(request, reply, patience),
    patience,
    whenGone: (listener) => whenClientGone(reply, listener),
    span: request.span,
    counting: (meter) => {
      request.spent = meter;
    },
  };
}

/** Books the calls of a request once its connection has its answer, or is gone. */
export function countCalls(limiter: RateLimiter, { identity, stytch }: Caller, reply: FastifyReply): void {
  if (identity.kind === "nobody") return;
  whenOver(reply, () => limiter.spent(identity, stytch.meter.upstreamCalls));
}

function countedOf(identity: Service | KnownPerson): { requests: [Counted, ...Counted[]]; calls: Counted[] } {
  if ("clientId" in identity) {
    return { requests: [["viewer", identity.clientId]], calls: [["viewer-calls", identity.clientId]] };
  }
  const { memberId, organizationId } = identity;
  return {
    requests: [
      ["viewer", memberId],
      ["organization", organizationId],
    ],
    calls: [
      ["viewer-calls", memberId],
      ["organization-calls", organizationId],
    ],
  };
}
