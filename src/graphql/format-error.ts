import { unwrapResolverError } from "@apollo/server/errors";
import type { GraphQLFormattedError } from "graphql";
import { GatewayError } from "../errors";
import type { Logger } from "../logger";

/** Apollo's own codes: its messages are about the query's text and name nothing of ours. */
const APOLLO_CODES = new Set([
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "BAD_USER_INPUT",
  "BAD_REQUEST",
  "OPERATION_RESOLUTION_FAILURE",
  "PERSISTED_QUERY_NOT_FOUND",
  "PERSISTED_QUERY_NOT_SUPPORTED",
]);

const MASKED = "Something went wrong on our side. Quote the request id when you ask for help.";

/** Shows what was written for the caller; logs and masks everything else. `requestId` is added by the request's plugin. */
export const createFormatError =
  (logger: Logger) =>
  (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const cause = unwrapResolverError(error);
    const code = String(formatted.extensions?.code);
    if (cause instanceof GatewayError) {
      if (code === "INTERNAL_SERVER_ERROR")
        logger.error({ path: formatted.path, extensions: cause.details }, cause.message);
      const { http: _, ...extensions } = formatted.extensions ?? {};
      return { ...formatted, extensions };
    }
    if (APOLLO_CODES.has(code)) return { ...formatted, extensions: { code } };
    logger.error({ path: formatted.path, stack: cause instanceof Error ? cause.stack : undefined }, "Unexpected error");
    return { ...formatted, message: MASKED, extensions: { code: "INTERNAL_SERVER_ERROR" } };
  };
