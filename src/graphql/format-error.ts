import { unwrapResolverError } from "@apollo/server/errors";
import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { type ErrorCode, Failure } from "../failure";
import type { Logger } from "../logger";
import { reportFault } from "../report";
import { LIMITS } from "./bounds/limits";

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

/** graphql-js has no error of its own for a text over the limit of tokens. */
const TOO_LONG = /^Syntax Error: Document contains more that \d+ tokens\./;
const TOO_MUCH: ErrorCode = "COST_LIMIT_EXCEEDED";

const MASKED = new Failure("INTERNAL_SERVER_ERROR");

/** Shows what was written for the caller and masks everything else. `requestId` is added by the response plugin. */
export function formatError(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
  const { http: _, ...extensions } = formatted.extensions ?? {};
  const cause = unwrapResolverError(error);
  if (cause instanceof Failure) {
    return { ...formatted, message: cause.message, extensions: { ...cause.details, code: cause.code } };
  }
  const { refusal, ...shown } = extensions;
  if (refusal === true) return { ...formatted, extensions: shown };
  const { code } = extensions;
  if (code === "GRAPHQL_PARSE_FAILED" && TOO_LONG.test(formatted.message)) {
    return { message: `The query has more than ${LIMITS.tokens} tokens. Split it.`, extensions: { code: TOO_MUCH } };
  }
  if (APOLLO_CODES.has(code)) return { ...formatted, extensions: { code } };
  return { ...formatted, message: MASKED.message, extensions: { code: MASKED.code } };
}

/** A failure that ends the whole HTTP request, as Apollo takes it: with its status, before any field ran. */
export const refuseRequest = ({ code, message, details, status }: Failure, requestId?: string): GraphQLError =>
  new GraphQLError(message, {
    extensions: { ...details, code, refusal: true, ...(requestId && { requestId }), http: { status } },
  });

/** Writes down what `formatError` masks, and our own faults. */
export function logFault(logger: Logger, requestId: string, error: unknown): void {
  const { path, extensions } = error instanceof GraphQLError ? error : {};
  if (extensions?.refusal === true || APOLLO_CODES.has(extensions?.code)) return;
  reportFault(logger, { requestId, path }, unwrapResolverError(error));
}
