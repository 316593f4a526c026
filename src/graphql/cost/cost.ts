import { collectFields, collectSubFields } from "@graphql-tools/utils";
import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getArgumentValues,
  getNamedType,
  isAbstractType,
  isObjectType,
  type OperationDefinitionNode,
} from "graphql";
import { Failure } from "../../failure";
import { COST_LIMIT } from "../../stytch/meter";
import { isConnection, isMany } from "../bounds/list-types";
import { type CostRule, costRuleOf, type FieldCost, type Group, ONE, type Once } from "./prices";

/** What is needed to read selections; a resolver's `info` has it. */
export interface Selections {
  schema: GraphQLSchema;
  fragments: Record<string, FragmentDefinitionNode>;
  variableValues: Record<string, unknown>;
}

/** Upper bounds of what an operation asks for. Retries are not in them. */
export interface Cost {
  /** Upstream calls. */
  calls: number;
  /** Objects in the answer, if every list is as long as its bound reckons with. */
  objects: number;
}

/** Known before the operation runs. @throws COST_LIMIT_EXCEEDED */
export function costOf(selections: Selections, operation: OperationDefinitionNode): Cost {
  const { schema, fragments, variableValues } = selections;
  const root = schema.getRootType(operation.operation);
  if (!root) return { calls: 0, objects: 0 };
  const variables = { coerced: variableValues, sources: {} };
  const fields = collectFields(schema, fragments, variables, root, operation.selectionSet).fields;
  return add(selections, root, ONE, fields);
}

/** What the selection of a list field asks for, for one list of this size. @throws COST_LIMIT_EXCEEDED */
export function costOfItems(selections: Selections, output: GraphQLOutputType, size: number, nodes: FieldNode[]): Cost {
  const { schema, fragments, variableValues } = selections;
  const group = { lists: 1, size, oneOrganization: true };
  const variables = { coerced: variableValues, sources: {} };
  const costs = objectTypesOf(schema, output).map((type) =>
    add(selections, type, group, collectSubFields(schema, fragments, variables, type, nodes).fields),
  );
  return {
    calls: Math.max(0, ...costs.map(({ calls }) => calls)),
    objects: Math.max(0, ...costs.map(({ objects }) => objects)),
  };
}

/** Adds up what fields ask for. Stops as soon as the bound passes the limit, so no query makes the sum itself expensive. */
function add(
  { schema, fragments, variableValues }: Selections,
  root: GraphQLObjectType,
  start: Group,
  rootFields: ReadonlyMap<string, FieldNode[]>,
): Cost {
  const variables = { coerced: variableValues, sources: {} };
  const once = new Set<Once>();
  const total: Cost = { calls: 0, objects: 0 };

  function addCalls(calls: number): void {
    total.calls += calls;
    if (total.calls <= COST_LIMIT) return;
    throw new Failure(
      "COST_LIMIT_EXCEEDED",
      `This query may need ${total.calls} upstream calls or more; at most ${COST_LIMIT} are allowed. Ask for fewer items per page, or split the query.`,
      { requested: total.calls, limit: COST_LIMIT },
    );
  }

  function visit(
    type: GraphQLObjectType,
    group: Group,
    objects: number,
    fields: ReadonlyMap<string, FieldNode[]>,
  ): void {
    for (const nodes of fields.values()) {
      const [node] = nodes;
      const field = node && type.getFields()[node.name.value];
      if (!node || !field) continue;
      // A write makes the loaders forget, so that even what is read once is read again.
      if (type === schema.getMutationType()) once.clear();
      const rule = costRuleOf(field);
      const cost = rule ? apply(rule, group, () => getArgumentValues(field, node, variableValues)) : { calls: 0 };
      addCalls(cost.calls);
      for (const name of cost.once ?? []) {
        if (once.has(name)) continue;
        once.add(name);
        addCalls(1);
      }
      const each = isMany(field.type) ? (cost.children?.size ?? 1) : 1;
      for (const child of objectTypesOf(schema, field.type)) {
        const children = cost.childrenByType ? cost.childrenByType[child.name] : (cost.children ?? group);
        if (!children) continue;
        if (!isConnection(child)) total.objects += objects * each;
        visit(child, children, objects * each, collectSubFields(schema, fragments, variables, child, nodes).fields);
      }
    }
  }

  visit(root, start, start.size, rootFields);
  return total;
}

/** A field whose arguments are wrong is never resolved. */
function apply(rule: CostRule, group: Group, readArguments: () => Record<string, unknown>): FieldCost {
  let args: Record<string, unknown>;
  try {
    args = readArguments();
  } catch {
    return { calls: 0 };
  }
  return rule(group, args);
}

function objectTypesOf(schema: GraphQLSchema, output: GraphQLOutputType): readonly GraphQLObjectType[] {
  const type = getNamedType(output);
  if (isAbstractType(type)) return schema.getPossibleTypes(type);
  return isObjectType(type) ? [type] : [];
}
