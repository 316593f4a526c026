import type { ApolloServerPlugin } from "@apollo/server";
import type { GatewayContext } from "../context";

const REQUEST_ERRORS = new Set([
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "BAD_USER_INPUT",
  "COST_LIMIT_EXCEEDED",
]);

/**
 * GraphQL over HTTP: a client that accepts only `application/json` gets 200 for a query it got wrong, since it could
 * not tell our 400 from one of a proxy. Apollo answers 400 to every client.
 */
export const createStatusPlugin = (): ApolloServerPlugin<GatewayContext> => ({
  async requestDidStart({ request }) {
    return {
      async willSendResponse({ response }) {
        if (response.http.status !== 400 || response.body.kind !== "single") return;
        if (request.http?.headers.get("accept")?.includes("application/graphql-response+json")) return;
        const { errors } = response.body.singleResult;
        if (errors?.every(({ extensions }) => REQUEST_ERRORS.has(String(extensions?.code)))) response.http.status = 200;
      },
    };
  },
});
