import type { Emulator } from "stytch-emulator";
import { loadConfig, type RateLimits } from "../../src/config";
import { type Gateway, type GatewayConfig, type GatewayOptions, startGateway } from "../../src/gateway";
import { createLogger } from "../../src/logger";

/** Limits that are left out are the defaults. */
type ReplicaConfig = Partial<Omit<GatewayConfig, "rateLimits">> & { rateLimits?: Partial<RateLimits> };

/** One more gateway before the same Stytch. */
export function startReplica(
  emulator: Emulator,
  config: ReplicaConfig = {},
  options: GatewayOptions = {},
): Promise<Gateway> {
  const defaults = loadConfig({
    PORT: "0",
    NODE_ENV: "test",
    UPSTREAM_SEARCHES_PER_MINUTE: "0",
    DIRECTORY_MAX_AGE_SECONDS: "0",
  });
  return startGateway(
    {
      ...defaults,
      stytch: { projectId: emulator.projectId, secret: emulator.secret, baseUrl: `${emulator.url}/` },
      loginUrl: `${emulator.url}/login`,
      operatorOrganizationId: emulator.operatorOrganizationId,
      ...config,
      rateLimits: { ...defaults.rateLimits, ...config.rateLimits },
    },
    { logger: createLogger("silent", { write: () => undefined }), maxLateMs: Number.POSITIVE_INFINITY, ...options },
  );
}
