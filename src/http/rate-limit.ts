import type { FastifyReply, FastifyRequest } from "fastify";
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from "rate-limiter-flexible";
import type { Caller } from "../caller/caller";
import type { Gate, KnownPerson } from "../caller/gate";
import type { RequestParts } from "../caller/identify";
import type { Service } from "../caller/identity";
import type { RateLimits } from "../config";
import { Failure } from "../failure";
import type { Redis } from "../redis";
import { addressBlockOf } from "./address-block";
import { whenClientGone } from "./client-gone";

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

/** A gate for each request, with a way to say what the request has cost when it is over. */
export interface RateLimiter {
  gate(request: FastifyRequest, reply: FastifyReply): Gate;
  /** Upstream calls that were made for this caller. They are known afterwards only, so they count for its next request. */
  spent(identity: Service | KnownPerson, upstreamCalls: number): Promise<void>;
}

/** Counts in Redis when there is one, so that replicas share the limits; in memory without it or while it is away. */
export function createRateLimiter(limits: RateLimits, redis: Redis | undefined): RateLimiter {
  const points: Record<Kind, number> = {
    ...limits,
    "viewer-calls": limits.viewer * CALLS_PER_REQUEST,
    "organization-calls": limits.organization * CALLS_PER_REQUEST,
  };
  const create = (kind: Kind) => {
    const options = { keyPrefix: `rate-${kind}`, points: points[kind], duration: WINDOW_SECONDS };
    const memory = new RateLimiterMemory(options);
    if (!redis) return memory;
    return new RateLimiterRedis({
      ...options,
      storeClient: redis.client,
      useRedisPackage: true,
      insuranceLimiter: memory,
    });
  };
  const limiters: Record<Kind, RateLimiterMemory | RateLimiterRedis> = {
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

  async function take([kind, key]: Counted, cost = 1): Promise<State> {
    const result = await limiters[kind].consume(key, cost).catch((reason: unknown) => {
      if (reason instanceof RateLimiterRes) return reason;
      throw reason;
    });
    return stateOf(kind, result);
  }

  /** What is left. Takes nothing, but is no `get`: with Redis that would be a transaction, which has no deadline. */
  async function look(counted: Counted): Promise<State> {
    const state = await take(counted, 0);
    return { ...state, isOver: state.remaining === 0 };
  }

  const limited = (counted: Counted[]) => counted.filter(([kind]) => points[kind] > 0);

  function gate(request: FastifyRequest, reply: FastifyReply): Gate {
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
      answer(await Promise.all(address.map((counted) => take(counted, cost))));

    return {
      nobody: () => countAddress(1),
      refused: () => countAddress(1),
      costlyText: () =>
        void Promise.all(address.map((counted) => take(counted, COSTLY_TEXT_COST))).catch(() => undefined),
      async known(identity) {
        const counted = countedOf(identity);
        const [[, viewer]] = counted.requests;
        if (seen.has(viewer)) return;
        seen.add(viewer);
        const [requests, calls] = await Promise.all([
          Promise.all(limited(counted.requests).map((each) => take(each))),
          Promise.all(limited(counted.calls).map(look)),
        ]);
        answer(requests, calls);
      },
      async unproven() {
        const cost = Math.min(UNPROVEN_COST, points.address);
        await countAddress(cost);
        return {
          good: async () => {
            for (const [kind, key] of address) await limiters[kind].reward(key, cost);
          },
        };
      },
    };
  }

  return {
    gate,
    async spent(identity, upstreamCalls) {
      if (upstreamCalls === 0) return;
      await Promise.all(
        limited(countedOf(identity).calls).map(([kind, key]) => limiters[kind].penalty(key, upstreamCalls)),
      );
    },
  };
}

/** What the identification of a request's caller is told of the request. */
export const partsOf = (request: FastifyRequest, reply: FastifyReply, limiter: RateLimiter): RequestParts => ({
  requestId: request.id,
  gate: limiter.gate(request, reply),
  whenGone: (listener) => whenClientGone(reply, listener),
  span: request.span,
});

/** Books the calls of a request once its connection has its answer, or is gone. */
export function countCalls(limiter: RateLimiter, { identity, stytch }: Caller, reply: FastifyReply): void {
  if (identity.kind === "nobody") return;
  // A lost count costs nobody a request, and Redis reports its own trouble.
  reply.raw.once("close", () => void limiter.spent(identity, stytch.meter.upstreamCalls).catch(() => undefined));
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
