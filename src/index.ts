import "reflect-metadata";
import { type Config, ConfigError, loadConfig } from "./config";
import { startDevelopment } from "./dev";
import { type Gateway, startGateway } from "./gateway";
import { LedgerUnavailable } from "./ledger/unavailable";
import { createLogger, type Logger } from "./logger";
import { StartError } from "./start-error";
import { startWatchdog } from "./watchdog";

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const logger = createLogger(config.logLevel);
  outliveReaders();
  hearTheSdk(logger);
  leaveLastWords(logger);
  for (const notice of config.notices) logger.warn(notice);

  const { stytch } = config;
  const starting = stytch
    ? startGateway({ ...config, stytch }, { logger, watchdog: startWatchdog() })
    : startDevelopment(config, logger);
  stopOnSignals(starting);
  const gateway = await starting;
  if (stytch) await introduce(gateway, config, logger);
}

/** A second signal finds no handler, and ends the process at once. */
function stopOnSignals(starting: Promise<Gateway>): void {
  const signals = ["SIGTERM", "SIGINT"] as const;
  const stop = () => {
    for (const signal of signals) process.off(signal, stop);
    // A start that is under way is finished first: it may have taken requests already.
    starting.then((gateway) => gateway.stop()).then(() => process.exit(0), fail);
  };
  for (const signal of signals) process.on(signal, stop);
}

/** Requests in flight do not depend on whoever reads the log, so a broken pipe (`| head`) ends nothing. */
function outliveReaders(): void {
  let isSaid = false;
  process.stderr.on("error", () => undefined);
  process.stdout.on("error", ({ message }) => {
    if (isSaid) return;
    isSaid = true;
    process.stderr.write(`Standard output is gone (${message}): the log is lost from here on, requests are not.\n`);
  });
}

/** The SDK speaks on the console. That a stand-in's address is not Stytch's is known; the rest belongs in the log. */
function hearTheSdk(logger: Logger): void {
  console.warn = (text: unknown) => {
    if (!String(text).startsWith("[Stytch] Warning: Using a custom 'env' value")) logger.warn(String(text));
  };
}

/** Whatever nobody caught leaves the process in an unknown state: it ends, but not without a line. */
function leaveLastWords(logger: Logger): void {
  process.on("uncaughtException", (error) => {
    logger.fatal({ stack: error instanceof Error ? error.stack : String(error) }, "The process ends: uncaught error");
    process.exit(1);
  });
}

/** What an operator wants to know of a start, before the first request shows it. */
async function introduce(gateway: Gateway, config: Config, logger: Logger): Promise<void> {
  const at = (path: string) => `${gateway.url}${path}`;
  logger.info(
    {
      project: config.stytch?.projectId,
      graphql: at("/graphql"),
      authorizationUrl: at("/oauth/authorize"),
      loginUrl: config.loginUrl,
      // For probes and Prometheus, on the port itself: do not publish them.
      operations: ["/livez", "/readyz", "/metrics"],
      introspection: config.introspection,
      production: config.production,
      operators: config.operatorOrganizationId ?? "services only: OPERATOR_ORGANIZATION_ID is unset",
    },
    "The gateway is ready",
  );
  const answer = await gateway.checkCredentials();
  if (answer === "accepted") logger.info("Stytch accepts the project's credentials");
  else if (answer === "unknown") logger.warn("Stytch does not answer, so the project's credentials are unchecked");
  else
    throw new StartError("STYTCH_SECRET: Stytch refuses it for this STYTCH_PROJECT_ID. Copy both from the dashboard.");
}

function fail(error: unknown): void {
  const isForPeople = error instanceof ConfigError || error instanceof StartError || error instanceof LedgerUnavailable;
  const text = isForPeople ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

main().catch(fail);
