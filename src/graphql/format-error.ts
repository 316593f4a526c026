import { unwrapResolverError } from "@apollo/server/errors";
import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { GatewayError } from "../errors";
import type { Logger } from "../logger";

/** Apollo's own codes: its messages are about the query's text and name nothing of ours. */
const APOLLO_CODES = new Set<unknown>([
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "BAD_USER_INPUT",
  "BAD_REQUEST",
  "OPERATION_RESOLUTION_FAILURE",
  "PERSISTED_QUERY_NOT_FOUND",
  "PERSISTED_QUERY_NOT_SUPPORTED",
]);

const MASKED = "Something went wrong on our side. Quote the request id when you ask for help.";

/** Shows what was written for the caller and masks everything else. `requestId` is added by the response plugin. */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const { http: _, ...extensions } = formatted.extensions ?? {};
  if (unwrapResolverError(error) instanceof GatewayError) return { ...formatted, extensions };
  const { code } = extensions;
  if (APOLLO_CODES.has(code)) return { ...formatted, extensions: { code } };
  return { ...formatted, message: MASKED, extensions: { code: "INTERNAL_SERVER_ERROR" } };
}

/** Writes down what `formatError` masks, and our own faults. */
export function logFault(logger: Logger, requestId: string, error: unknown): void {
  const cause = unwrapResolverError(error);
  const { path, extensions } = error instanceof GraphQLError ? error : {};
  if (cause instanceof GatewayError) {
    if (cause.code === "INTERNAL_SERVER_ERROR")
      logger.error({ requestId, path, extensions: cause.details }, cause.message);
  } else if (!APOLLO_CODES.has(extensions?.code)) {
    logger.error({ requestId, path, stack: cause instanceof Error ? cause.stack : undefined }, "Unexpected error");
  }
}
