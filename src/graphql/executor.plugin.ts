import { type ApolloServerPlugin, HeaderMap } from "@apollo/server";
import {
  type DocumentNode,
  type GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  getVariableValues,
  type OperationDefinitionNode,
} from "graphql";
import { type CompiledQuery, compileQuery, isCompiledQuery } from "graphql-jit";
import { LRUCache } from "lru-cache";
import type { Logger } from "../logger";
import type { GatewayContext } from "./context";
import { formatError, logFault } from "./format-error";

/** Operations whose uses are counted, and whose compiled form is kept. */
const MAX_COMPILED = 500;

interface Seen {
  uses: number;
  /** `null`: graphql-jit does not take it. */
  compiled?: CompiledQuery | null;
}

/**
 * Runs an operation that comes again compiled by graphql-jit; Apollo runs everything else on graphql-js. Compiling costs
 * milliseconds, so queries that nobody repeats never cause it. `compileAfter` is the number of uses before that: tests
 * set it to run everything either way.
 *
 * Apollo's other seam for an executor, a `gateway`, wraps every request for it: a fifth of the CPU of a
 * `{ __typename }` when we measured it.
 */
export function createExecutorPlugin(logger: Logger, compileAfter = 1): ApolloServerPlugin<GatewayContext> {
  // Apollo keeps parsed documents, so an operation that comes again is the same object.
  const seen = new LRUCache<OperationDefinitionNode, Seen>({ max: MAX_COMPILED });

  function find(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
  ): CompiledQuery | null {
    const known = seen.get(operation) ?? { uses: 0 };
    seen.set(operation, known);
    known.uses += 1;
    if (known.compiled === undefined && known.uses > compileAfter) {
      const result = isSupported(operation) && compileQuery(schema, document, operation.name?.value);
      known.compiled = result && isCompiledQuery(result) ? result : null;
    }
    return known.compiled ?? null;
  }

  /** As Apollo does with the errors of its own execution. graphql-jit's may have no extensions, whatever the type says. */
  function show(requestId: string, error: GraphQLError): GraphQLFormattedError {
    logFault(logger, requestId, error);
    const extensions = { code: "INTERNAL_SERVER_ERROR", ...error.extensions };
    return formatError({ ...error.toJSON(), extensions }, error);
  }

  return {
    requestDidStart: async () => ({
      async responseForOperation({ schema, document, operation, request, contextValue }) {
        const compiled = find(schema, document, operation);
        const variables = request.variables ?? {};
        // Refused variables are reported by graphql-js, whose words Apollo knows.
        if (!compiled || !getVariableValues(schema, operation.variableDefinitions ?? [], variables).coerced)
          return null;
        const { data = null, errors } = await compiled.query(undefined, contextValue, variables);
        const shown = errors?.map((error) => show(contextValue.requestId, error));
        return {
          http: { headers: new HeaderMap() },
          body: { kind: "single", singleResult: { ...(shown && { errors: shown }), data } },
        };
      },
    }),
  };
}

/**
 * Queries without root fragments. `Query.nodes` answers a list of promises, one for each id, and graphql-jit awaits a
 * field's value only. Mutations gain nothing, and graphql-jit ignores the defaults of input fields.
 */
const isSupported = ({ operation, selectionSet }: OperationDefinitionNode): boolean =>
  operation === "query" &&
  selectionSet.selections.every((selection) => selection.kind === "Field" && selection.name.value !== "nodes");
