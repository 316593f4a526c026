import KeyvRedis, { createClient } from "@keyv/redis";
import Keyv from "keyv";
import type { Logger } from "./logger";

export type Redis = Awaited<ReturnType<typeof startRedis>>;

/** What replicas share. A command fails at once while Redis is away, so that nobody waits for it. */
export async function startRedis(url: string, logger: Logger) {
  const client = createClient({
    url,
    disableOfflineQueue: true,
    socket: { reconnectStrategy: (tries: number) => Math.min(2000, 50 * 2 ** tries) },
  });
  // The message names the address at most; commands and values are not in it.
  client.on("error", ({ message }: Error) => logger.error({ reason: message }, "Redis"));
  // A gateway that starts while Redis is away serves reads, and everything else once it is back.
  const connected = client.connect().catch(() => undefined);
  await Promise.race([connected, new Promise((resolve) => client.once("error", resolve))]);
  return {
    client,
    keyv: new Keyv({
      store: new KeyvRedis(client, {
        namespace: "marketplace-gateway",
        throwOnErrors: true,
        throwOnConnectError: true,
      }),
      useKeyPrefix: false,
      throwOnErrors: true,
    }),
    stop: () => client.destroy(),
  };
}
