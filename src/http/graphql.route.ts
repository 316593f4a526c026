import type { ApolloServer } from "@apollo/server";
import { fastifyApolloHandler } from "@as-integrations/fastify";
import cors from "@fastify/cors";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { readCredentials } from "../caller/credentials";
import type { Identify } from "../caller/identify";
import { Failure } from "../failure";
import { GatewayContext } from "../graphql/context";
import { refuseRequest } from "../graphql/format-error";
import type { Ledger } from "../ledger/open";
import type { Logger } from "../logger";
import type { Metrics } from "../metrics";
import type { Consent } from "../oauth/consent";
import { reportFault } from "../report";
import type { RateLimiter } from "./rate-limit";

export interface GraphqlRouteOptions {
  apollo: ApolloServer<GatewayContext>;
  identify: Identify;
  consent: Consent;
  ledger: Ledger;
  metrics: Metrics;
  limit: RateLimiter;
  publicUrl: string | undefined;
  /** Sites whose scripts may ask here. They may read nothing else, the consent page least of all. */
  corsOrigins: readonly string[];
}

/** `/graphql`: POST answers operations, GET shows Sandbox where it is enabled. */
export async function registerGraphqlRoute(app: FastifyInstance, options: GraphqlRouteOptions): Promise<void> {
  const { apollo, identify, consent, ledger, metrics, limit, corsOrigins } = options;

  async function context(request: FastifyRequest, reply: FastifyReply): Promise<GatewayContext> {
    try {
      const caller = await identify(readCredentials(request), request.id);
      await limit(caller, request.ip, reply);
      const origin = options.publicUrl ?? `${request.protocol}://${request.host}`;
      return new GatewayContext(caller, consent, ledger, origin);
    } catch (error) {
      reportFault(request.log as Logger, { requestId: request.id }, error);
      if (!(error instanceof Failure)) throw error;
      metrics.operations.inc({ operation: "refused", code: error.code });
      request.log.info({ requestId: request.id, operation: "refused", code: error.code }, "operation");
      if (error.details.retryAfterSeconds !== undefined) reply.header("retry-after", error.details.retryAfterSeconds);
      throw refuseRequest(error, request.id);
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
