import {
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  isAbstractType,
  type SelectionNode,
} from "graphql";

/** What is needed to read an operation's selections; a resolver's `info` has it. */
export interface SelectionScope {
  schema: GraphQLSchema;
  fragments: Record<string, FragmentDefinitionNode>;
  variableValues: Record<string, unknown>;
}

/** What the given fields select of one object type, by response key: fragments resolved, `@skip` and `@include` obeyed. */
export function subfieldsOf(
  scope: SelectionScope,
  parent: GraphQLObjectType,
  nodes: readonly FieldNode[],
): Map<string, FieldNode[]> {
  const fields = new Map<string, FieldNode[]>();
  for (const { selectionSet } of nodes) {
    if (selectionSet) collect(scope, parent, selectionSet.selections, fields, new Set());
  }
  return fields;
}

export function collect(
  scope: SelectionScope,
  parent: GraphQLObjectType,
  selections: readonly SelectionNode[],
  fields: Map<string, FieldNode[]>,
  seen: Set<string>,
): void {
  for (const selection of selections) {
    if (!isIncluded(scope, selection)) continue;
    if (selection.kind === "Field") {
      const key = selection.alias?.value ?? selection.name.value;
      fields.set(key, [...(fields.get(key) ?? []), selection]);
      continue;
    }
    if (selection.kind === "FragmentSpread" && seen.has(selection.name.value)) continue;
    if (selection.kind === "FragmentSpread") seen.add(selection.name.value);
    const fragment = selection.kind === "FragmentSpread" ? scope.fragments[selection.name.value] : selection;
    if (fragment && matches(scope, parent, fragment.typeCondition?.name.value)) {
      collect(scope, parent, fragment.selectionSet.selections, fields, seen);
    }
  }
}

function isIncluded({ variableValues }: SelectionScope, node: SelectionNode): boolean {
  if (getDirectiveValues(GraphQLSkipDirective, node, variableValues)?.if === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, node, variableValues)?.if !== false;
}

function matches({ schema }: SelectionScope, parent: GraphQLObjectType, condition: string | undefined): boolean {
  if (condition === undefined || condition === parent.name) return true;
  const type = schema.getType(condition);
  return isAbstractType(type) && schema.isSubType(type, parent);
}
