import type { ApolloServerPlugin } from "@apollo/server";
import { type FragmentDefinitionNode, getVariableValues, Kind } from "graphql";
import { Failure } from "../failure";
import type { GatewayContext } from "./context";
import { costOf } from "./cost";
import { refuseRequest } from "./format-error";

/** Bounds an operation before it runs: what it may cost at most is then also what it can spend. */
export const createCostPlugin = (): ApolloServerPlugin<GatewayContext> => ({
  async requestDidStart() {
    return {
      async didResolveOperation({ schema, operation, document, request, contextValue }) {
        const variables = getVariableValues(schema, operation?.variableDefinitions ?? [], request.variables ?? {});
        // Refused by the execution, before any field runs.
        if (!operation || !variables.coerced) return;
        const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
        for (const definition of document.definitions) {
          if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
        }
        const { meter } = contextValue.stytch;
        // What the credential has cost is spent already.
        try {
          meter.limit = meter.upstreamCalls + costOf(schema, operation, fragments, variables.coerced);
        } catch (error) {
          throw error instanceof Failure ? refuseRequest(error) : error;
        }
      },
    };
  },
});
