import { ApolloServerPluginDrainHttpServer } from "@apollo/server/plugin/drainHttpServer";
import { createAuditLog } from "./audit-log";
import { createIdentify } from "./caller/identify";
import type { Config } from "./config";
import { createApollo } from "./graphql/apollo";
import { createOperationLog } from "./graphql/operation-log.plugin";
import { registerConsentRoutes } from "./http/consent.route";
import { registerGraphqlRoute } from "./http/graphql.route";
import { registerHealthRoutes } from "./http/health.route";
import { registerMetricsRoute } from "./http/metrics.route";
import { createRateLimiter, DEFAULT_RATE_LIMITS, type RateLimits } from "./http/rate-limit";
import { createSandbox } from "./http/sandbox";
import { createHttpServer } from "./http/server";
import { createLogger, type Logger } from "./logger";
import { createMetrics } from "./metrics";
import { createConsent } from "./oauth/consent";
import { type Clock, createMemoryKeyv, createRequestStore } from "./oauth/request-store";
import { startRedis } from "./redis";
import { createStytch } from "./stytch/client";

/** A configuration whose Stytch is known: the caller's own, or the emulator that `index.ts` started. */
export type GatewayConfig = Config & { stytch: NonNullable<Config["stytch"]> };

export interface GatewayOptions {
  logger?: Logger;
  /** Filled into Apollo Sandbox. */
  sandboxHeaders?: Record<string, string>;
  /** Share identical reads in flight; true by default. Off only in benchmarks. */
  coalesce?: boolean;
  /** Calls of Stytch at the same time; 256 by default. */
  maxConnections?: number;
  /** Uses of an operation before it is compiled; 1 by default. The tests run under 0 and under infinity. */
  compileAfter?: number;
  /** By which authorization requests expire. */
  clock?: Clock;
  rateLimits?: Partial<RateLimits>;
}

export interface Gateway {
  /** Origin that browsers use. */
  url: string;
  /** In-flight requests finish; new ones are refused. */
  stop(): Promise<void>;
}

/** In-flight requests have this long; then connections are cut, so that the process ends within 10 s. */
const STOP_GRACE_MS = 8000;

/** Composition root: every part is made here and handed what it needs. */
export async function startGateway(config: GatewayConfig, options: GatewayOptions = {}): Promise<Gateway> {
  const logger = options.logger ?? createLogger(config.logLevel);
  const metrics = createMetrics();
  const stytch = createStytch({
    ...config.stytch,
    timeoutMs: config.upstreamTimeoutMs,
    coalesce: options.coalesce ?? true,
    maxConnections: options.maxConnections,
    logger,
    metrics,
  });
  const identify = createIdentify({
    stytch,
    operatorOrganizationId: config.operatorOrganizationId,
    recorder: createAuditLog(logger),
  });

  const redis = config.redisUrl ? await startRedis(config.redisUrl, logger) : undefined;
  const requests = createRequestStore(redis?.keyv ?? createMemoryKeyv(), options.clock ?? (() => new Date()));
  const consent = createConsent(requests);

  const app = await createHttpServer(logger);
  const apollo = createApollo({
    introspection: config.introspection,
    logger,
    compileAfter: options.compileAfter,
    plugins: [
      ApolloServerPluginDrainHttpServer({ httpServer: app.server, stopGracePeriodMillis: STOP_GRACE_MS }),
      createOperationLog(logger, metrics),
      createSandbox(config.introspection, options.sandboxHeaders ?? {}),
    ],
  });
  await apollo.start();

  let ready = false;
  const limit = createRateLimiter({ ...DEFAULT_RATE_LIMITS, ...options.rateLimits }, redis);
  await registerGraphqlRoute(app, { apollo, identify, consent, metrics, limit, corsOrigins: config.corsOrigins });
  await registerConsentRoutes(app, { identify, consent, limit, ...config, secret: config.stytch.secret });
  registerHealthRoutes(app, () => ready);
  registerMetricsRoute(app, metrics);
  const address = await app.listen({ port: config.port, host: config.host });
  ready = true;

  return {
    url: config.publicUrl ?? address,
    async stop() {
      ready = false;
      await apollo.stop();
      await app.close();
      await stytch.close();
      redis?.stop();
    },
  };
}
