import { setTimeout as pause } from "node:timers/promises";
import { createClient } from "@redis/client";
import type { Logger } from "./logger";
import type { Metrics } from "./metrics";

export type Redis = Awaited<ReturnType<typeof startRedis>>;

/** What a request waits for Redis at most. Replicas share counters by it, and none is worth more. */
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

/** What replicas share. A command fails at once while Redis is away and in `COMMAND_MS` while it is frozen. */
export async function startRedis(url: string, logger: Logger, metrics: Metrics) {
  const client = createClient({
    url,
    disableOfflineQueue: true,
    socket: { connectTimeout: CONNECT_MS, reconnectStrategy: (tries: number) => Math.min(2000, 50 * 2 ** tries) },
  });
  metrics.registry.registerMetric(metrics.redisUp);
  const stopped = new AbortController();
  let isUp = false;
  let misses = 0;

  function tell(up: boolean): void {
    metrics.redisUp.set(up ? 1 : 0);
    if (up !== isUp) logger[up ? "info" : "error"]({ redis: up ? "up" : "away" }, "Redis changed");
    isUp = up;
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
  client.on("error", ({ message }: Error) => logger.error({ reason: message }, "Redis"));
  client.connect().catch(() => undefined);
  // A gateway that starts while Redis is away or frozen serves all the same.
  await Promise.race([leaveAlone(), pause(CONNECT_MS)]);
  return {
    client,
    /** Whether replicas count together now. Without, each counts by itself. */
    isUp: () => isUp,
    /** Runs a Lua script. @throws RedisAway at once or in 100 ms */
    run: (script: string, keys: string[], args: (string | number)[]): Promise<unknown> =>
      client.eval(script, { keys, arguments: args.map(String) }),
    stop() {
      stopped.abort();
      client.destroy();
    },
  };
}
