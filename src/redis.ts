import { setTimeout as pause } from "node:timers/promises";
import { createClient } from "@redis/client";
import type { Logger } from "./logger";
import type { Metrics } from "./metrics";

export type Redis = Awaited<ReturnType<typeof startRedis>>;

/** What a request, and what a command, waits for Redis at most. Replicas share counters by it, and none is worth more. */
const COMMAND_MS = 100;
/** Commands without an answer in time, one after the other, after which Redis is left alone until it answers again. */
const MISSES = 3;
const CONNECT_MS = 1000;
const PROBE_PAUSE_MS = 500;

/** Redis does not answer, or not in time. */
export class RedisAway extends Error {
  constructor() {
    super("Redis does not answer.");
  }
}

/** What one request may still wait for Redis. Commands side by side wait once. */
export class RedisPatience {
  #leftMs = COMMAND_MS;
  #waiting = 0;
  #since = 0;

  /** The answer, if it comes in what is left. Without, the command goes on, and nobody waits for it. @throws RedisAway */
  async wait<T>(answer: Promise<T>): Promise<T> {
    const now = performance.now();
    if (this.#waiting === 0) this.#since = now;
    const leftMs = this.#leftMs - (now - this.#since);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      if (leftMs <= 0) reject(new RedisAway());
      else timer = setTimeout(() => reject(new RedisAway()), leftMs);
    });
    this.#waiting += 1;
    try {
      return await Promise.race([late, answer]);
    } finally {
      clearTimeout(timer);
      this.#waiting -= 1;
      if (this.#waiting === 0) this.#leftMs -= performance.now() - this.#since;
    }
  }
}

/** What replicas share. A command fails at once while Redis is away and in `COMMAND_MS` while it is frozen. */
export async function startRedis(url: string, logger: Logger, metrics: Metrics) {
  const client = createClient({
    url,
    disableOfflineQueue: true,
    socket: { connectTimeout: CONNECT_MS, reconnectStrategy: (tries: number) => Math.min(2000, 50 * 2 ** tries) },
  });
  metrics.registry.registerMetric(metrics.redisUp);
  const stopped = new AbortController();
  /** Not known before the first answer, or the first second without one. */
  let isUp: boolean | undefined;
  let misses = 0;
  let lastReason: string | undefined;

  function tell(up: boolean): void {
    metrics.redisUp.set(up ? 1 : 0);
    if (up === isUp) return;
    isUp = up;
    if (up) {
      lastReason = undefined;
      logger.info({ redis: "up" }, "Redis is up: replicas count limits together");
    } else logger.error({ redis: "away" }, "Redis is away: limits count per process");
  }

  /** The same command, with an end. Those that libraries use are replaced, so that they are bounded as well. */
  function bounded<Arguments extends unknown[], T>(command: (...args: Arguments) => Promise<T>) {
    return async (...args: Arguments): Promise<T> => {
      if (!isUp) throw new RedisAway();
      const ended = new AbortController();
      const late = pause(COMMAND_MS, undefined, { signal: ended.signal }).then(() => {
        throw new RedisAway();
      });
      try {
        const answer = await Promise.race([command(...args), late]);
        misses = 0;
        return answer;
      } catch (error) {
        if (error instanceof RedisAway) misses += 1;
        if (isUp && (misses >= MISSES || !client.isReady)) void leaveAlone();
        throw error;
      } finally {
        late.catch(() => undefined);
        ended.abort();
      }
    };
  }
  Object.assign(client, {
    eval: bounded(client.eval.bind(client)),
  });

  /** One question that waits for its answer as long as it takes, instead of one for each request. */
  async function leaveAlone(): Promise<void> {
    tell(false);
    return askUntilUp();
  }

  async function askUntilUp(): Promise<void> {
    while (!stopped.signal.aborted) {
      try {
        await client.ping();
        misses = 0;
        return tell(true);
      } catch {
        await pause(PROBE_PAUSE_MS, undefined, { ref: false });
      }
    }
  }

  // The message names the address at most; commands and values are not in it.
  client.on("error", ({ message }: Error) => {
    // It is tried again twice a second or so: the same reason is said once, until Redis has answered.
    if (message !== lastReason) logger.error({ reason: message }, "Redis cannot be reached");
    lastReason = message;
  });
  client.connect().catch(() => undefined);
  // A gateway that starts while Redis is away or frozen serves all the same.
  await Promise.race([askUntilUp(), pause(CONNECT_MS)]);
  if (!isUp) tell(false);
  return {
    client,
    /** Whether replicas count together now. Without, each counts by itself. */
    isUp: () => isUp === true,
    /** Runs a Lua script. @throws RedisAway at once or in 100 ms */
    run: (script: string, keys: string[], args: (string | number)[]): Promise<unknown> =>
      client.eval(script, { keys, arguments: args.map(String) }),
    stop() {
      stopped.abort();
      client.destroy();
    },
  };
}
