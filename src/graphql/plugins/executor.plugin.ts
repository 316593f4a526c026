import { type ApolloServerPlugin, type GraphQLResponse, HeaderMap } from "@apollo/server";
import {
  execute,
  type FormattedExecutionResult,
  type GraphQLError,
  type GraphQLFormattedError,
  type OperationDefinitionNode,
} from "graphql";
import { Failure } from "../../failure";
import type { Logger } from "../../logger";
import { FIXED_SIZES } from "../bounds/answer";
import { fitAnswer } from "../bounds/answer-size";
import type { Texts } from "../bounds/texts";
import type { GatewayContext } from "../context";
import { admit } from "../cost/admission";
import type { Cost } from "../cost/cost";
import { formatError, logFault } from "../format-error";
import { createCompiler } from "./compiler";

/** Objects that an operation may answer before it is announced in the log. */
const LARGE = 20_000;
/** Errors of one answer that are shown. One field may fail for each of a hundred thousand objects. */
const MAX_ERRORS = 1000;
/** Characters of a client's own operation name that a log line carries. */
const MAX_NAME = 100;

export interface ExecutorOptions {
  logger: Logger;
  texts: Texts;
  /**
   * Called for each text that is refused, and for the schema as nobody asks for it: work that leads nowhere, or to what is
   * the same for all. Who sends many of them can be charged for them.
   */
  onCostlyText?: ((context: GatewayContext) => void) | undefined;
  /** See `createCompiler`. */
  compileAfter?: number | undefined;
}

/**
 * Refuses an operation, or runs it compiled, or leaves it to Apollo. One hook does all of it in order: Apollo starts the
 * hooks of all plugins at once, so that one could not keep the next from a text that it has refused.
 *
 * Apollo's other seam for an executor, a `gateway`, wraps every request for it: a fifth of the CPU of a
 * `{ __typename }` when we measured it.
 */
export function createExecutorPlugin({
  logger,
  texts,
  onCostlyText,
  compileAfter,
}: ExecutorOptions): ApolloServerPlugin<GatewayContext> {
  const findCompiled = createCompiler(compileAfter);

  /**
   * As Apollo does with the errors of its own execution. graphql-jit's may have no extensions, whatever the type says, and
   * an empty list of places.
   */
  function show(requestId: string, error: GraphQLError): GraphQLFormattedError {
    logFault(logger, requestId, error);
    const { locations: _, ...shown } = error.toJSON();
    return formatError({ ...shown, extensions: { code: "INTERNAL_SERVER_ERROR", ...error.extensions } }, error);
  }

  /** If it should end the process, this line says whose it was. */
  function announce(
    { caller, requestId }: GatewayContext,
    { name }: OperationDefinitionNode,
    { calls, objects }: Cost,
  ) {
    const operationName = name?.value.slice(0, MAX_NAME);
    logger.info({ requestId, ...caller.describe(), operationName, requested: calls, objects }, "large operation");
  }

  return {
    requestDidStart: async () => ({
      async responseForOperation({ schema, document, operation, request, contextValue: context }) {
        const variables = request.variables ?? {};
        try {
          const isSignedIn = context.caller.identity.kind !== "nobody";
          const { size, errors: wrong } = texts.check(document, isSignedIn);
          if (wrong.length > 0 || (size.introspection > 0 && !isSignedIn)) onCostlyText?.(context);
          if (wrong.length > 0) return refuse(400, wrong);
          // Several operations without a name to choose by, or a wrong one: Apollo's execution says so.
          if (!operation) return null;
          const cost = admit({ schema, document, operation, variables, context });
          if (Array.isArray(cost)) return refuse(400, cost);
          if (cost.objects > LARGE) announce(context, operation, cost);
          const compiled = findCompiled(schema, document, operation, size);
          context.answer.isCompiled = compiled !== null;
          if (size.directives === 0) context.answer.itemSizes = FIXED_SIZES;
          const { data = null, errors: failed } = compiled
            ? await compiled.query(undefined, context, variables)
            : await execute({
                schema,
                document,
                operationName: request.operationName,
                contextValue: context,
                variableValues: variables,
              });
          const errors = topmost(failed ?? []).map((error) => show(context.requestId, error));
          if (failed && failed.length > MAX_ERRORS) errors.push(formatted(tooMany(failed.length - MAX_ERRORS)));
          const fitting = await fitAnswer(context.answer, data, operation);
          if (fitting.refused) errors.push(formatted(fitting.refused));
          return answer({ ...(errors.length > 0 && { errors }), data: fitting.data });
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          context.answer.objects = 0;
          return refuse(error.status, [formatted(error)], error.details.retryAfterSeconds);
        } finally {
          context.answer.end();
        }
      },
    }),
  };
}

const answer = (
  singleResult: FormattedExecutionResult,
  status?: number,
  headers = new HeaderMap(),
): GraphQLResponse => ({
  http: { headers, ...(status && { status }) },
  body: { kind: "single", singleResult },
});

const formatted = ({ message, details, code }: Failure): GraphQLFormattedError => ({
  message,
  extensions: { ...details, code },
});

/** Those nearest the top: they say what became of a whole mutation, which must not get lost behind its neighbour's fields. */
const topmost = (errors: readonly GraphQLError[]): readonly GraphQLError[] =>
  errors.length <= MAX_ERRORS
    ? errors
    : [...errors].sort((a, b) => (a.path?.length ?? 0) - (b.path?.length ?? 0)).slice(0, MAX_ERRORS);

const tooMany = (more: number) =>
  new Failure(
    "COST_LIMIT_EXCEEDED",
    `${more} more fields failed; their errors are left out. Ask for fewer items at once.`,
  );

/** An answer without `data`: nothing ran, or nothing of it is shown. */
function refuse(status: number, errors: readonly GraphQLFormattedError[], retryAfterSeconds?: number): GraphQLResponse {
  const headers = new HeaderMap();
  if (retryAfterSeconds !== undefined) headers.set("retry-after", String(retryAfterSeconds));
  return answer({ errors }, status, headers);
}
