import type { ApolloServer } from "@apollo/server";
import { fastifyApolloHandler } from "@as-integrations/fastify";
import cors from "@fastify/cors";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { ErrorCode } from "../errors";
import { GatewayError } from "../errors";
import type { GatewayContext } from "../graphql/context";
import type { ContextFactory } from "../graphql/context-factory";
import { logFault } from "../graphql/format-error";
import type { Logger } from "../logger";
import type { Metrics } from "../metrics";
import { readCredentials } from "./credentials";
import type { RateLimiter } from "./rate-limit";

/** Statuses of errors that refuse a request as a whole, before any field ran. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  BAD_USER_INPUT: 400,
  RATE_LIMITED: 429,
  UPSTREAM_RATE_LIMITED: 503,
  UPSTREAM_UNAVAILABLE: 503,
  UPSTREAM_TIMEOUT: 504,
};

export interface GraphqlRouteOptions {
  apollo: ApolloServer<GatewayContext>;
  createContext: ContextFactory;
  metrics: Metrics;
  limit: RateLimiter;
  /** Sites whose scripts may ask here. They may read nothing else, the consent page least of all. */
  corsOrigins: readonly string[];
}

/** `/graphql`: POST answers operations, GET shows Sandbox where it is enabled. */
export async function registerGraphqlRoute(app: FastifyInstance, options: GraphqlRouteOptions): Promise<void> {
  const { apollo, createContext, metrics, limit, corsOrigins } = options;

  async function context(request: FastifyRequest, reply: FastifyReply): Promise<GatewayContext> {
    try {
      const made = await createContext(readCredentials(request), request.id);
      await limit(made.viewer, request.ip, reply);
      return made;
    } catch (error) {
      logFault(request.log as Logger, request.id, error);
      if (!(error instanceof GatewayError)) throw error;
      metrics.operations.inc({ operation: "refused", code: error.code });
      request.log.info({ requestId: request.id, operation: "refused", code: error.code }, "operation");
      if (error.details.retryAfterSeconds !== undefined) reply.header("retry-after", error.details.retryAfterSeconds);
      const status = STATUS[error.code] ?? 500;
      throw new GatewayError(error.code, error.message, { ...error.details, requestId: request.id, http: { status } });
    }
  }

  await app.register(
    async (routes) => {
      if (corsOrigins.length > 0) await routes.register(cors, { origin: [...corsOrigins], credentials: true });
      routes.route({ url: "", method: ["GET", "POST"], handler: fastifyApolloHandler(apollo, { context }) });
    },
    { prefix: "/graphql" },
  );
}
