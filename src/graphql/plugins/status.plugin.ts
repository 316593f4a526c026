import type { ApolloServerPlugin } from "@apollo/server";
import type { GatewayContext } from "../context";

/** By GraphQL's own rules: its grammar, the schema, the types of variables. */
const MISTAKES = new Set(["GRAPHQL_PARSE_FAILED", "GRAPHQL_VALIDATION_FAILED", "BAD_USER_INPUT"]);

/**
 * GraphQL over HTTP: a client that accepts only `application/json` gets 200 for a query with a mistake in it, since it
 * could not tell our 400 from one of a proxy (https://graphql.github.io/graphql-over-http/draft/#sec-application-json).
 * Apollo answers 400 to every client. A query that is right and asks for too much is our refusal: 400 as well.
 */
export const createStatusPlugin = (): ApolloServerPlugin<GatewayContext> => ({
  async requestDidStart({ request }) {
    return {
      async willSendResponse({ response }) {
        if (response.http.status !== 400 || response.body.kind !== "single") return;
        if (request.http?.headers.get("accept")?.includes("application/graphql-response+json")) return;
        const { errors } = response.body.singleResult;
        if (errors?.every(({ extensions }) => MISTAKES.has(String(extensions?.code)))) response.http.status = 200;
      },
    };
  },
});
