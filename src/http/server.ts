import { randomUUID } from "node:crypto";
import cookie from "@fastify/cookie";
import formbody from "@fastify/formbody";
import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from "fastify";
import type { Config } from "../config";
import type { Logger } from "../logger";

/** Bytes of a request body. The largest honest one is a mutation with two 10,000-character templates. */
const BODY_LIMIT = 100_000;

/** For whatever a browser may render: Sandbox, pages, errors. The consent page adds its own policy. */
const HTML_HEADERS = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
} as const;

/** Fastify with what every route needs; the routes are registered by `gateway.ts`. */
export async function createHttpServer(
  logger: Logger,
  trustProxy: Config["trustProxy"],
  isReady: () => boolean,
): Promise<FastifyInstance> {
  const app = Fastify({
    loggerInstance: logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    // A child for each request took 3% of a small one; our lines name the request themselves.
    childLoggerFactory: (parent) => parent,
    bodyLimit: BODY_LIMIT,
    genReqId: ({ headers }) => requestIdOf(headers["x-request-id"]),
    forceCloseConnections: "idle",
    trustProxy: proxiesOf(trustProxy),
  });
  app.addHook("onRequest", (request, reply, done) => {
    reply.headers(HTML_HEADERS).header("x-request-id", request.id);
    // A caller that keeps its connection would find it cut in the middle of its next request.
    if (!isReady()) reply.header("connection", "close");
    done();
  });
  app.setErrorHandler(async (error: { statusCode?: number; message: string }, request, reply) => {
    const status = error.statusCode ?? 500;
    const isOurs = status >= 500;
    if (isOurs) {
      const stack = error instanceof Error ? error.stack : undefined;
      request.log.error({ requestId: request.id, stack }, "Unexpected error");
    }
    const message = isOurs ? "Something went wrong on our side." : error.message;
    const code = isOurs ? "INTERNAL_SERVER_ERROR" : "BAD_REQUEST";
    return reply.code(status).send({ errors: [{ message, extensions: { code, requestId: request.id } }] });
  });
  await app.register(cookie);
  await app.register(formbody);
  return app;
}

/** Believes so many hops, or these addresses. With none, the peer is the caller. */
function proxiesOf(trusted: Config["trustProxy"]) {
  if (typeof trusted !== "number") return [...trusted];
  return trusted > 0 && ((_address: string, hop: number) => hop < trusted);
}

/** A caller's id is kept when it can do no harm in a log or a header. */
const requestIdOf = (header: string | string[] | undefined): string =>
  typeof header === "string" && /^[\w.:-]{1,100}$/.test(header) ? header : randomUUID();
