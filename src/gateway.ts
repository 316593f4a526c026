import { setTimeout } from "node:timers/promises";
import { ApolloServerPluginDrainHttpServer } from "@apollo/server/plugin/drainHttpServer";
import type { Link } from "./banner";
import { createIdentify } from "./caller/identify";
import type { Config } from "./config";
import { Failure } from "./failure";
import { createApollo } from "./graphql/apollo";
import { InWork } from "./graphql/bounds/in-work";
import { createOperationLog } from "./graphql/plugins/operation-log.plugin";
import { registerAccountRoutes } from "./http/account.route";
import { registerConsentRoutes } from "./http/consent.route";
import { findAssets } from "./http/explorer.assets";
import { registerExplorer } from "./http/explorer.route";
import { registerGraphqlRoute } from "./http/graphql.route";
import { registerHealthRoutes } from "./http/health.route";
import { indexLinks } from "./http/index.links";
import { registerMetricsRoute } from "./http/metrics.route";
import { readOperations } from "./http/operations";
import { registerIndex, registerPages } from "./http/page.route";
import { createRateLimiter } from "./http/rate-limit";
import { createSandbox, noSandbox } from "./http/sandbox";
import { createHttpServer } from "./http/server";
import { SOCKETS } from "./http/sockets";
import { traceRequests } from "./http/tracing";
import { openLedger } from "./ledger/open";
import { SETTLE_AFTER_MS } from "./ledger/operations";
import { createRecorder } from "./ledger/recorder";
import { startRotationClock } from "./ledger/rotation-clock";
import { startSweeper } from "./ledger/sweeper";
import { createLogger, type Logger } from "./logger";
import { createMarketplace, type Marketplace } from "./marketplace/marketplace";
import { createMetrics } from "./metrics";
import { createAccount, createSupportOf } from "./oauth/account";
import { createBackground } from "./oauth/background";
import { createConsent } from "./oauth/consent";
import type { StoredRequest } from "./oauth/request-store";
import { originOf } from "./origin";
import { startRedis } from "./redis";
import { listenError } from "./start-error";
import { isOurCredentialRefused } from "./stytch/errors";
import { UpstreamMeter } from "./stytch/meter";
import { createStytch, type StytchClient } from "./stytch/stytch";
import { startTracer } from "./tracing/tracer";
import { createCompleteRotation } from "./upkeep/complete-rotation";
import { startShelfKeeper } from "./upkeep/keep-shelf";
import { createSettle } from "./upkeep/settle";
import type { Watchdog } from "./watchdog";

/** A configuration whose Stytch is known: the caller's own, or the emulator that `index.ts` started. */
export type GatewayConfig = Config & { stytch: NonNullable<Config["stytch"]> };

export interface GatewayOptions {
  logger?: Logger;
  /** Filled into Apollo Sandbox. */
  sandboxHeaders?: Record<string, string>;
  /** Shown at `/`; when left out, what the gateway itself has, and in production nothing. */
  index?: readonly Link[];
  /** Share identical reads in flight; true by default. Off only in benchmarks. */
  coalesce?: boolean;
  /** Calls of Stytch at the same time; 256 by default. */
  maxConnections?: number;
  /** Uses of an operation before it is compiled; 1 by default. The tests run under 0 and under infinity. */
  compileAfter?: number;
  /** By which authorization requests expire. */
  clock?: () => Date;
  /** Between "not ready" and the end of listening; 3 seconds in production by default, else none. */
  stopPauseMs?: number;
  watchdog?: Watchdog;
  /** Pause between two looks at what is due and at what a crash left open; 5 s by default. */
  upkeepEveryMs?: number;
  /** How far the event loop may be behind before new requests are refused; 250 ms by default. */
  maxLateMs?: number;
  sockets?: Partial<typeof SOCKETS>;
  /** Objects and fields of all answers that are being made at one moment; by the heap's size by default. */
  maxInWork?: number;
  /** Awaited before the first request: development fills the shelf. */
  prepare?: (parts: { marketplace: Marketplace; stytch: StytchClient }) => Promise<void>;
}

export interface Gateway {
  /** Origin that browsers use. */
  url: string;
  /** One cheap call with the project's credentials; `unknown` when Stytch gives no answer. */
  checkCredentials(): Promise<"accepted" | "refused" | "unknown">;
  /** In-flight requests finish; new ones are answered for a moment, until load balancers have noticed, then refused. */
  stop(): Promise<void>;
}

/** Load balancers go on sending until a probe has failed. Until then refusing would lose their requests. */
const STOP_PAUSE_MS = 3000;
/** In-flight requests have this long after it; then connections are cut, so that the process ends within 10 s. */
const STOP_GRACE_MS = 6000;

/** Composition root: every part is made here and handed what it needs. */
export async function startGateway(config: GatewayConfig, options: GatewayOptions = {}): Promise<Gateway> {
  const logger = options.logger ?? createLogger(config.logLevel);
  const metrics = createMetrics();
  const redis = config.redisUrl ? await startRedis(config.redisUrl, logger, metrics) : undefined;
  const { otelEndpoint: endpoint, otelHeaders, otelServiceName: serviceName } = config;
  const tracer = endpoint ? startTracer({ endpoint, headers: otelHeaders, serviceName, logger, metrics }) : undefined;
  const stytch = createStytch({
    ...config.stytch,
    timeoutMs: config.upstreamTimeoutMs,
    searchesPerMinute: config.searchesPerMinute,
    directoryMaxAgeSeconds: config.directoryMaxAgeSeconds,
    clock: options.clock,
    redis,
    coalesce: options.coalesce ?? true,
    maxConnections: options.maxConnections,
    logger,
    metrics,
  });
  const clock = options.clock ?? (() => new Date());
  // A write that is older than three times what one call of Stytch may take is not under way any more.
  const settleAfterMs = Math.max(SETTLE_AFTER_MS, 3 * config.upstreamTimeoutMs);
  const ledger = await openLedger({
    databaseUrl: config.databaseUrl,
    retentionDays: config.auditRetentionDays,
    logger,
    metrics,
    clock,
    settleAfterMs,
  });
  const identify = createIdentify({
    stytch,
    operatorOrganizationId: config.operatorOrganizationId,
    recorder: createRecorder(ledger, logger),
    clock,
  });

  const asGateway = () => stytch.client(new UpstreamMeter());
  const readAsGateway = () => asGateway().reads;
  const marketplace = createMarketplace(ledger.store, { production: config.production });
  const everyMs = options.upkeepEveryMs;
  const settle = createSettle(readAsGateway, ledger, marketplace);
  const sweeper = startSweeper(ledger.operations, settle, { logger, clock, everyMs, sureAfterMs: settleAfterMs });
  const complete = createCompleteRotation(asGateway, ledger);
  const rotationClock = startRotationClock(ledger.rotations, complete, { logger, everyMs });
  const shelfKeeper = startShelfKeeper(readAsGateway, { store: ledger.store, listings: marketplace.listings, logger });
  const consent = createConsent(ledger.pendingRequests<Omit<StoredRequest, "id" | "expiresAt">>(config.stytch.secret));
  await options.prepare?.({ marketplace, stytch: asGateway() });

  let ready = false;
  let url = config.publicUrl ?? "";
  const app = await createHttpServer({
    logger,
    metrics,
    trustProxy: config.trustProxy,
    isReady: () => ready,
    maxLateMs: options.maxLateMs,
    sockets: { silenceMs: Math.max(SOCKETS.silenceMs, 3 * config.upstreamTimeoutMs), ...options.sockets },
  });
  traceRequests(app, tracer);
  const [assets, operations, headers] = [findAssets(), readOperations(), options.sandboxHeaders ?? {}];
  const apollo = createApollo({
    introspection: config.introspection,
    logger,
    compileAfter: options.compileAfter,
    onCostlyText: (context) => context.costlyText(),
    plugins: [
      ApolloServerPluginDrainHttpServer({ httpServer: app.server, stopGracePeriodMillis: STOP_GRACE_MS }),
      createOperationLog(logger, metrics),
      config.introspection
        ? createSandbox({ operations, headers, hasExplorer: assets !== null, urlOf: () => url })
        : noSandbox(),
    ],
  });
  await apollo.start();

  const limit = createRateLimiter(config.rateLimits, redis);
  registerPages(app, { brand: config.brand, secret: config.stytch.secret });
  const { introspection } = config;
  const ownIndex = () => indexLinks({ introspection, hasExplorer: assets !== null }, config.loginUrl);
  const index = options.index ?? (config.production ? undefined : ownIndex());
  if (index) registerIndex(app, index);
  if (config.introspection && assets) registerExplorer(app, { assets, operations, headers });
  await registerGraphqlRoute(app, {
    apollo,
    identify,
    consent,
    ledger,
    marketplace,
    clock,
    metrics,
    inWork: new InWork(() => metrics.shed.inc({ reason: "answers" }), options.maxInWork),
    limit,
    corsOrigins: config.corsOrigins,
    publicUrl: config.publicUrl,
    hasPage: config.introspection,
    watchdog: options.watchdog,
  });
  const { listings } = marketplace;
  const pages = { identify, limit, ...config, secret: config.stytch.secret };
  await registerConsentRoutes(app, { ...pages, consent, backgroundOf: createBackground(ledger.grants, listings) });
  await registerAccountRoutes(app, {
    ...pages,
    account: createAccount(ledger.grants, createSupportOf(listings)),
    clock,
  });
  registerHealthRoutes(app, () => ready, redis);
  registerMetricsRoute(app, metrics);
  const address = await app.listen({ port: config.port, host: config.host }).catch((error: unknown) => {
    throw listenError(error, "PORT", config.host, config.port);
  });
  url ||= originOf(config.host, Number(new URL(address).port) || config.port);
  ready = true;

  return {
    url,
    async checkCredentials() {
      try {
        await readAsGateway().searchClients({ limit: 1 });
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        if (isOurCredentialRefused(error)) return "refused";
        if (error.code.startsWith("UPSTREAM") || error.code === "INTERNAL_SERVER_ERROR") return "unknown";
      }
      return "accepted";
    },
    async stop() {
      ready = false;
      await setTimeout(options.stopPauseMs ?? (config.production ? STOP_PAUSE_MS : 0));
      await apollo.stop();
      await app.close();
      await Promise.all([sweeper.stop(), rotationClock.stop(), shelfKeeper.stop()]);
      await stytch.close();
      redis?.stop();
      await ledger.stop();
      await tracer?.stop();
    },
  };
}
