import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  getVariableValues,
  Kind,
  type OperationDefinitionNode,
} from "graphql";
import { MAX_MESSAGE } from "../bounds/texts";
import { hasWideObject, MAX_FIELDS } from "../bounds/variables";
import type { GatewayContext } from "../context";
import { type Cost, costOf } from "./cost";

/** Errors of one request's variables that its author is told. */
const MAX_VARIABLE_ERRORS = 5;

interface Asked {
  schema: GraphQLSchema;
  document: DocumentNode;
  operation: OperationDefinitionNode;
  variables: Record<string, unknown>;
  context: GatewayContext;
}

/**
 * What refuses an operation whose text is in order: its variables, whose errors are returned, and its cost, which is
 * booked. @throws COST_LIMIT_EXCEEDED
 */
export function admit({ schema, document, operation, variables, context }: Asked): Cost | GraphQLFormattedError[] {
  if (hasWideObject(variables)) return [TOO_WIDE];
  const { errors, coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables, {
    maxErrors: MAX_VARIABLE_ERRORS,
  });
  if (errors) return errors.map(badInput);
  const { meter } = context.stytch;
  // What the credential has cost is spent already.
  const cost = costOf({ schema, fragments: fragmentsOf(document), variableValues: coerced }, operation);
  meter.limit = meter.upstreamCalls + cost.calls;
  return cost;
}

const TOO_WIDE: GraphQLFormattedError = {
  message: `An object among the variables has more than ${MAX_FIELDS} fields; no input has so many.`,
  extensions: { code: "BAD_USER_INPUT" },
};

const badInput = ({ message }: GraphQLError): GraphQLFormattedError => ({
  message: message.slice(0, MAX_MESSAGE),
  extensions: { code: "BAD_USER_INPUT" },
});

function fragmentsOf({ definitions }: DocumentNode): Record<string, FragmentDefinitionNode> {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  }
  return fragments;
}
