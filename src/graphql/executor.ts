import type { ApolloServerOptionsWithGateway } from "@apollo/server";
import { execute, type GraphQLSchema, getVariableValues, type OperationDefinitionNode } from "graphql";
import { type CompiledQuery, compileQuery, isCompiledQuery } from "graphql-jit";
import { LRUCache } from "lru-cache";
import type { GatewayContext } from "./context";

type Gateway = ApolloServerOptionsWithGateway<GatewayContext>["gateway"];

/** Compiled operations kept, by query and operation name. */
const MAX_COMPILED = 500;

interface Seen {
  uses: number;
  /** `null`: graphql-jit does not take it. */
  compiled?: CompiledQuery | null;
}

/**
 * Apollo's seam for an executor of one's own is called a gateway. An operation that comes again is compiled by
 * graphql-jit; everything else runs on graphql-js. Compiling costs milliseconds, so queries that nobody repeats never
 * cause it. `compileAfter` is the number of uses before that: tests set it to run everything either way.
 */
export function createExecutor(schema: GraphQLSchema, compileAfter = 1): Gateway {
  const seen = new LRUCache<string, Seen>({ max: MAX_COMPILED });
  let announce: Parameters<Gateway["onSchemaLoadOrUpdate"]>[0] | undefined;
  return {
    onSchemaLoadOrUpdate(callback) {
      announce = callback;
      return () => undefined;
    },
    async load() {
      announce?.({ apiSchema: schema, coreSupergraphSdl: "" });
      return {
        executor: async ({ document, operation, operationName, queryHash, request, context }) => {
          const variableValues = request.variables ?? {};
          const key = `${queryHash} ${operationName ?? ""}`;
          const known = seen.get(key) ?? { uses: 0 };
          seen.set(key, known);
          known.uses += 1;
          if (known.compiled === undefined && known.uses > compileAfter) {
            const result = isSupported(operation) && compileQuery(schema, document, operationName ?? undefined);
            known.compiled = result && isCompiledQuery(result) ? result : null;
          }
          // Refused variables are reported by graphql-js, whose words Apollo knows.
          if (
            known.compiled &&
            getVariableValues(schema, operation.variableDefinitions ?? [], variableValues).coerced
          ) {
            return known.compiled.query(undefined, context, variableValues);
          }
          return execute({ schema, document, contextValue: context, variableValues, operationName });
        },
      };
    },
    stop: async () => undefined,
  };
}

/**
 * Queries without root fragments. `Query.nodes` answers a list of promises, one for each id, and graphql-jit awaits a
 * field's value only. Mutations gain nothing, and graphql-jit ignores the defaults of input fields.
 */
const isSupported = ({ operation, selectionSet }: OperationDefinitionNode): boolean =>
  operation === "query" &&
  selectionSet.selections.every((selection) => selection.kind === "Field" && selection.name.value !== "nodes");
