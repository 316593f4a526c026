import type { Emulator } from "stytch-emulator";
import { loadConfig } from "../../src/config";
import { type Gateway, type GatewayConfig, type GatewayOptions, startGateway } from "../../src/gateway";
import { createLogger } from "../../src/logger";

/** One more gateway before the same Stytch. */
export function startReplica(
  emulator: Emulator,
  config: Partial<GatewayConfig> = {},
  options: GatewayOptions = {},
): Promise<Gateway> {
  return startGateway(
    {
      ...loadConfig({ PORT: "0", NODE_ENV: "test", UPSTREAM_SEARCHES_PER_MINUTE: "0", DIRECTORY_MAX_AGE_SECONDS: "0" }),
      stytch: { projectId: emulator.projectId, secret: emulator.secret, baseUrl: `${emulator.url}/` },
      loginUrl: `${emulator.url}/login`,
      operatorOrganizationId: emulator.operatorOrganizationId,
      ...config,
    },
    { logger: createLogger("silent"), maxLateMs: Number.POSITIVE_INFINITY, ...options },
  );
}
