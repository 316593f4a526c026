import { type ApolloServerPlugin, type GraphQLResponse, HeaderMap } from "@apollo/server";
import { execute, type FormattedExecutionResult, type GraphQLError, type GraphQLFormattedError } from "graphql";
import { Failure } from "../failure";
import type { Logger } from "../logger";
import { admit } from "./admission";
import { sizeOfAnswer } from "./answer-size";
import { createCompiler } from "./compiler";
import type { GatewayContext } from "./context";
import { formatError, logFault } from "./format-error";
import type { Texts } from "./texts";

export interface ExecutorOptions {
  logger: Logger;
  texts: Texts;
  /** Called for each text that is refused: who sends many of them can be charged for them. */
  onRefusedText?: ((context: GatewayContext) => void) | undefined;
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
  onRefusedText,
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

  return {
    requestDidStart: async () => ({
      async responseForOperation({ schema, document, operation, request, contextValue: context }) {
        const variables = request.variables ?? {};
        try {
          const { size, errors } = texts.check(document, context.caller.identity.kind !== "nobody");
          if (errors.length > 0) {
            onRefusedText?.(context);
            return refuse(400, errors);
          }
          // Several operations without a name to choose by, or a wrong one: Apollo's execution says so.
          if (!operation) return null;
          const wrong = admit({ schema, document, operation, variables, context });
          if (wrong.length > 0) return refuse(400, wrong);
          const compiled = findCompiled(schema, document, operation, size);
          const { data = null, errors: failed } = compiled
            ? await compiled.query(undefined, context, variables)
            : await execute({
                schema,
                document,
                operationName: request.operationName,
                contextValue: context,
                variableValues: variables,
              });
          if (context.answer.refused) throw context.answer.refused;
          context.answer.objects = (await sizeOfAnswer(data)).objects;
          const shown = failed?.map((error) => show(context.requestId, error));
          return answer({ ...(shown && { errors: shown }), data });
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          context.answer.objects = 0;
          const { status, message, details, code } = error;
          return refuse(status, [{ message, extensions: { ...details, code } }]);
        }
      },
    }),
  };
}

const answer = (singleResult: FormattedExecutionResult, status?: number): GraphQLResponse => ({
  http: { headers: new HeaderMap(), ...(status && { status }) },
  body: { kind: "single", singleResult },
});

/** An answer without `data`: nothing ran. */
const refuse = (status: number, errors: readonly GraphQLFormattedError[]) => answer({ errors }, status);
