import type { Config } from "./config";
import { type Gateway, type GatewayConfig, startGateway } from "./gateway";
import type { Logger } from "./logger";
import { codeOf, listenError, StartError } from "./start-error";

/** Without credentials: a gateway before an emulator of Stytch, which is loaded only here. */
export async function startDevelopment(config: Config, logger: Logger): Promise<Gateway> {
  const { startEmulator, welcome } = await import("stytch-emulator").catch(explain);
  const { host, port, latencyMs, searchesPerMinute } = { host: config.host, ...config.emulator };
  const publicUrl = config.publicUrl ?? (config.port === 0 ? undefined : `http://${config.host}:${config.port}`);
  const emulator = await startEmulator({
    host,
    port,
    latencyMs,
    ...(searchesPerMinute > 0 && { searchLimitPerMinute: searchesPerMinute }),
    ...(publicUrl && { gatewayUrl: publicUrl }),
  }).catch((error: unknown) => {
    throw listenError(error, "EMULATOR_PORT", host, port);
  });
  const emulated: GatewayConfig = {
    ...config,
    stytch: { projectId: emulator.projectId, secret: emulator.secret, baseUrl: `${emulator.url}/` },
    loginUrl: config.loginUrl ?? `${emulator.url}/login`,
    operatorOrganizationId: config.operatorOrganizationId ?? emulator.operatorOrganizationId,
  };
  const { text, sandboxHeaders } = await welcome(emulator);
  const gateway = await startGateway(emulated, { logger, sandboxHeaders });
  emulator.setGatewayUrl(gateway.url);
  process.stdout.write(text(gateway.url));
  return {
    ...gateway,
    async stop() {
      await gateway.stop();
      await emulator.stop();
    },
  };
}

/** A production image leaves the emulator out. */
function explain(error: unknown): never {
  if (codeOf(error) !== "ERR_MODULE_NOT_FOUND" && codeOf(error) !== "MODULE_NOT_FOUND") throw error;
  throw new StartError(
    "STYTCH_PROJECT_ID and STYTCH_SECRET are unset, and the emulator that would stand in is not installed. " +
      "Set both, or install it: npm install stytch-emulator",
  );
}
