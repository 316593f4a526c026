import "reflect-metadata";
import { type Config, ConfigError, loadConfig } from "./config";
import { type Gateway, type GatewayConfig, startGateway } from "./gateway";

interface Running {
  gateway: Gateway;
  stop(): Promise<void>;
}

/** With credentials: their Stytch. Without: the embedded emulator, which is loaded only then. */
async function start(config: Config): Promise<Running> {
  const { stytch } = config;
  if (stytch) {
    const gateway = await startGateway({ ...config, stytch });
    return { gateway, stop: () => gateway.stop() };
  }
  const { startEmulator, welcome } = await import("stytch-emulator");
  const publicUrl = config.publicUrl ?? (config.port === 0 ? undefined : `http://${config.host}:${config.port}`);
  const emulator = await startEmulator({
    ...config.emulator,
    host: config.host,
    ...(config.emulator.searchesPerMinute > 0 && { searchLimitPerMinute: config.emulator.searchesPerMinute }),
    ...(publicUrl && { gatewayUrl: publicUrl }),
  });
  const emulated: GatewayConfig = {
    ...config,
    stytch: { projectId: emulator.projectId, secret: emulator.secret, baseUrl: `${emulator.url}/` },
    loginUrl: config.loginUrl ?? `${emulator.url}/login`,
    operatorOrganizationId: config.operatorOrganizationId ?? emulator.operatorOrganizationId,
  };
  const { text, sandboxHeaders } = await welcome(emulator);
  const gateway = await startGateway(emulated, { sandboxHeaders });
  emulator.setGatewayUrl(gateway.url);
  process.stdout.write(text(gateway.url));
  return {
    gateway,
    async stop() {
      await gateway.stop();
      await emulator.stop();
    },
  };
}

async function main(): Promise<void> {
  const running = await start(loadConfig(process.env));
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      running.stop().then(
        () => process.exit(0),
        (error: unknown) => fail(error),
      );
    });
  }
}

function fail(error: unknown): void {
  const text = error instanceof ConfigError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

main().catch(fail);
