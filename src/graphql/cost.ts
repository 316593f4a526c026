import {
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
import { Failure } from "../failure";
import { COST_RULES, type Cost, type CostRule, type Group, type Once } from "./cost.rules";
import { collect, type SelectionScope, subfieldsOf } from "./selection";

/** Upstream calls that one operation may ask for: 20 Organizations with 50 Members and their authorizations need 1,060. */
export const COST_LIMIT = 2500;

const START: Group = { lists: 1, size: 1, oneOrganization: true };
const FREE: Cost = { calls: 0 };

/**
 * Upper bound of the upstream calls of one operation, known before it runs. Retries are not in it.
 * @throws COST_LIMIT_EXCEEDED as soon as the bound passes the limit, so that no query makes the sum itself expensive.
 */
export function costOf(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: Record<string, FragmentDefinitionNode>,
  variableValues: Record<string, unknown>,
): number {
  const scope: SelectionScope = { schema, fragments, variableValues };
  const root = schema.getRootType(operation.operation);
  if (!root) return 0;
  const once = new Set<Once>();
  let total = 0;

  function add(calls: number): void {
    total += calls;
    if (total <= COST_LIMIT) return;
    throw new Failure(
      "COST_LIMIT_EXCEEDED",
      `This query may need ${total} upstream calls or more; at most ${COST_LIMIT} are allowed. Ask for fewer items per page, or split the query.`,
      { requested: total, limit: COST_LIMIT },
    );
  }

  function visit(type: GraphQLObjectType, group: Group, fields: ReturnType<typeof subfieldsOf>): void {
    for (const nodes of fields.values()) {
      const [node] = nodes;
      const field = node && type.getFields()[node.name.value];
      if (!node || !field) continue;
      // A write makes the loaders forget, so that even what is read once is read again.
      if (operation.operation === "mutation" && type === root) once.clear();
      const rule = COST_RULES.get(`${type.name}.${field.name}`);
      const cost = rule ? apply(rule, group, () => getArgumentValues(field, node, variableValues)) : FREE;
      add(cost.calls);
      for (const name of cost.once ?? []) {
        if (once.has(name)) continue;
        once.add(name);
        add(1);
      }
      for (const child of objectTypesOf(schema, field.type)) {
        const children = cost.childrenByType ? cost.childrenByType[child.name] : (cost.children ?? group);
        if (children) visit(child, children, subfieldsOf(scope, child, nodes));
      }
    }
  }

  const fields = new Map();
  collect(scope, root, operation.selectionSet.selections, fields, new Set());
  visit(root, START, fields);
  return total;
}

/** A field whose arguments are wrong is never resolved. */
function apply(rule: CostRule, group: Group, readArguments: () => Record<string, unknown>): Cost {
  let args: Record<string, unknown>;
  try {
    args = readArguments();
  } catch {
    return FREE;
  }
  return rule(group, args);
}

function objectTypesOf(schema: GraphQLSchema, output: GraphQLOutputType): readonly GraphQLObjectType[] {
  const type = getNamedType(output);
  if (isAbstractType(type)) return schema.getPossibleTypes(type);
  return isObjectType(type) ? [type] : [];
}
