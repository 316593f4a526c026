import type { ApolloServer } from "@apollo/server";
import { fastifyApolloHandler } from "@as-integrations/fastify";
import type { FastifyInstance } from "fastify";
import type { ErrorCode } from "../errors";
import { GatewayError } from "../errors";
import type { GatewayContext } from "../graphql/context";
import type { ContextFactory } from "../graphql/context-factory";
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

/** `/graphql`: POST answers operations, GET shows Sandbox where it is enabled. */
export function registerGraphqlRoute(
  app: FastifyInstance,
  apollo: ApolloServer<GatewayContext>,
  createContext: ContextFactory,
  metrics: Metrics,
  limit: RateLimiter,
): void {
  app.route({
    url: "/graphql",
    method: ["GET", "POST"],
    handler: fastifyApolloHandler(apollo, {
      context: async (request, reply) => {
        try {
          const context = await createContext(readCredentials(request), request.id);
          await limit(context.viewer, request.ip, reply);
          return context;
        } catch (error) {
          if (!(error instanceof GatewayError)) throw error;
          metrics.operations.inc({ operation: "refused", code: error.code });
          request.log.info({ requestId: request.id, operation: "refused", code: error.code }, "operation");
          if (error.details.retryAfterSeconds !== undefined)
            reply.header("retry-after", error.details.retryAfterSeconds);
          const status = STATUS[error.code] ?? 500;
          throw new GatewayError(error.code, error.message, {
            ...error.details,
            requestId: request.id,
            http: { status },
          });
        }
      },
    }),
  });
}
