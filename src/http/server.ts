import { randomUUID } from "node:crypto";
import cookie from "@fastify/cookie";
import formbody from "@fastify/formbody";
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import type { Config } from "../config";
import { Failure } from "../failure";
import type { Logger } from "../logger";
import type { Metrics } from "../metrics";
import { type Pressure, startPressure } from "./pressure";
import { answerRefusals, refuseAddress } from "./refusals";
import { boundSockets, SOCKETS } from "./sockets";
import { boundUnread } from "./unread";

/** Bytes of a request body. The largest honest one is a mutation with two 10,000-character templates. */
const BODY_LIMIT = 100_000;

/** For whatever a browser may render: Sandbox, pages, errors. The consent page adds its own policy. */
const HTML_HEADERS = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
} as const;

/** Probes and measurements say how it is, also when no new work is taken. */
const ALWAYS_ANSWERED = new Set<unknown>(["/livez", "/readyz", "/metrics"]);
const RETRY_AFTER_SECONDS = 2;

export interface HttpServerOptions {
  logger: Logger;
  metrics: Metrics;
  trustProxy: Config["trustProxy"];
  /** False while starting and stopping. */
  isReady: () => boolean;
  /** Milliseconds that the event loop may be behind. */
  maxLateMs?: number | undefined;
  sockets?: Partial<typeof SOCKETS> | undefined;
}

/** Fastify with what every route needs; the routes are registered by `gateway.ts`. */
export async function createHttpServer(options: HttpServerOptions): Promise<FastifyInstance> {
  const { logger, metrics, trustProxy, isReady, maxLateMs } = options;
  const sockets = { ...SOCKETS, ...options.sockets };
  const app = Fastify({
    loggerInstance: logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    // A child for each request took 3% of a small one; our lines name the request themselves.
    childLoggerFactory: (parent) => parent,
    bodyLimit: BODY_LIMIT,
    genReqId: ({ headers }) => requestIdOf(headers["x-request-id"]),
    forceCloseConnections: "idle",
    trustProxy: proxiesOf(trustProxy),
    requestTimeout: sockets.requestMs,
    connectionTimeout: sockets.silenceMs,
    keepAliveTimeout: sockets.idleMs,
    // No hook has run for these.
    frameworkErrors: (error, request, reply) => {
      reply.headers(HTML_HEADERS).header("x-request-id", request.id);
      return refuseAddress(error, request, reply);
    },
    http: {
      headersTimeout: Math.min(sockets.headersMs, sockets.requestMs),
      connectionsCheckingInterval: sockets.checkMs,
    },
  });
  boundSockets(app.server, sockets.max, metrics);
  boundUnread(app, sockets, metrics);
  app.addHook("onRequest", (request, reply, done) => {
    reply.headers(HTML_HEADERS).header("x-request-id", request.id);
    // A caller that keeps its connection would find it cut in the middle of its next request.
    if (!isReady()) reply.header("connection", "close");
    done();
  });
  // RFC 9110 15.5.2 wants a challenge on every 401, RFC 6750 3 the error only when a credential was sent.
  app.addHook("onSend", ({ headers }, reply, payload, done) => {
    if (reply.statusCode === 401) {
      const isRefused = headers.authorization || headers["x-stytch-member-session"];
      reply.header("www-authenticate", isRefused ? 'Bearer error="invalid_token"' : "Bearer");
    }
    done(null, payload);
  });
  shedOverload(app, maxLateMs, metrics);
  answerRefusals(app);
  await app.register(cookie);
  await app.register(formbody);
  return app;
}

/** After CORS has spoken, so that scripts can read why, and before the body is read or anybody is asked who calls. */
function shedOverload(app: FastifyInstance, maxLateMs: number | undefined, metrics: Metrics): void {
  let pressure: Pressure | undefined;
  // Not earlier: the work of the start itself is no overload.
  app.addHook("onListen", async () => {
    pressure = startPressure(maxLateMs);
  });
  app.addHook("onClose", async () => pressure?.stop());
  app.addHook("preParsing", (request, reply, payload, done) => {
    const reason = pressure?.overload();
    if (!reason || ALWAYS_ANSWERED.has(request.routeOptions.url)) return done(null, payload);
    metrics.shed.inc({ reason });
    reply.header("retry-after", RETRY_AFTER_SECONDS).header("connection", "close");
    done(new Failure("OVERLOADED", undefined, { retryAfterSeconds: RETRY_AFTER_SECONDS }));
  });
}

/** Believes so many hops, or these addresses. With none, the peer is the caller. */
function proxiesOf(trusted: Config["trustProxy"]) {
  if (typeof trusted !== "number") return [...trusted];
  return trusted > 0 && ((_address: string, hop: number) => hop < trusted);
}

/** A caller's id is kept when it can do no harm in a log or a header. */
const requestIdOf = (header: string | string[] | undefined): string =>
  typeof header === "string" && /^[\w.:-]{1,100}$/.test(header) ? header : randomUUID();
