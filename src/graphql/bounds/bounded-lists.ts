import { collectSubFields } from "@graphql-tools/utils";
import {
  type FieldNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
} from "graphql";
import type { GatewayContext } from "../context";
import { costOfItems } from "../cost/cost";
import { costRuleOf, ONE } from "../cost/prices";
import type { AnswerMeter, ItemSize } from "./answer";
import { isConnection, isList, isMany } from "./list-types";

/**
 * Wraps every field that reads a list or a connection, so that its length is known to the request's `AnswerMeter` before
 * its items are answered. The items of a connection are counted where it is read; `nodes` and `edges` have no resolver.
 */
export function boundLists(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap()).filter(isObjectType)) {
    if (type.name.startsWith("__")) continue;
    for (const field of Object.values(type.getFields())) {
      if (field.resolve && isMany(field.type)) boundList(type, field);
    }
  }
  return schema;
}

type Args = Record<string, unknown>;

function boundList(parent: GraphQLObjectType, field: GraphQLField<unknown, GatewayContext>): void {
  const { resolve } = field;
  if (!resolve) return;
  const name = `${parent.name}.${field.name}`;
  const rule = costRuleOf(field);

  /** In a refused answer, which is thrown away: whatever makes least work. */
  const nothing = () => (isList(field.type) ? [] : null);

  /** A list that is longer than the cost rule reckoned with makes its items' fields cost more. */
  function raiseCost(items: number, args: Args, context: GatewayContext, info: GraphQLResolveInfo): void {
    const usual = rule?.(ONE, args).children?.size;
    if (usual === undefined || items <= usual) return;
    const nodes = [...info.fieldNodes];
    const more = costOfItems(info, field.type, items, nodes).calls - costOfItems(info, field.type, usual, nodes).calls;
    context.stytch.meter.raise(more, `${name} has ${items} entries`, "Select less of them, or split the query.");
  }

  function announce(value: unknown, args: Args, context: GatewayContext, info: GraphQLResolveInfo): unknown {
    const { answer } = context;
    if (answer.refused) return nothing();
    const items = lengthOf(value);
    if (items === 0) return value;
    raiseCost(items, args, context, info);
    const size = itemSizeOf(answer, field.type, info);
    answer.announce(items, size, name);
    if (answer.refused) return nothing();
    if (Array.isArray(value) && answer.isLong(items, size)) return answer.inTurns(value, size);
    const wait = answer.beforeItems(items, size);
    return wait ? wait.then(() => (answer.refused ? nothing() : value)) : value;
  }

  field.resolve = (source, args, context, info) => {
    const read = () => {
      if (context.answer.refused) return nothing();
      const value = resolve(source, args, context, info);
      return value instanceof Promise
        ? value.then((list) => announce(list, args, context, info))
        : announce(value, args, context, info);
    };
    const wait = context.answer.beforeList();
    return wait ? wait.then(read) : read();
  };
}

/** Of a list or a connection. */
function lengthOf(value: unknown): number {
  if (Array.isArray(value)) return value.length;
  if (typeof value === "object" && value !== null && "length" in value) return Number(value.length);
  return 0;
}

function itemSizeOf({ itemSizes }: AnswerMeter, output: GraphQLOutputType, info: GraphQLResolveInfo): ItemSize {
  let size = itemSizes.get(info.fieldNodes);
  if (!size) {
    size = sizeOf(getNamedType(output), info.fieldNodes, info);
    itemSizes.set(info.fieldNodes, size);
  }
  return size;
}

const NOTHING: ItemSize = { objects: 0, fields: 0 };

/**
 * An object and the single objects under it; the largest where an interface leaves open which it is. Lists under it are
 * counted when they are read.
 */
function sizeOf(output: GraphQLNamedType, nodes: readonly FieldNode[], info: GraphQLResolveInfo): ItemSize {
  const { schema, fragments, variableValues } = info;
  const types = isAbstractType(output) ? schema.getPossibleTypes(output) : isObjectType(output) ? [output] : [];
  let largest = NOTHING;
  for (const type of types) {
    const { fields } = collectSubFields(schema, fragments, { coerced: variableValues, sources: {} }, type, [...nodes]);
    const size = { objects: isConnection(type) ? 0 : 1, fields: fields.size };
    for (const children of fields.values()) {
      const field = type.getFields()[children[0]?.name.value ?? ""];
      if (!field || (isMany(field.type) && !isConnection(type))) continue;
      const child = sizeOf(getNamedType(field.type), children, info);
      size.objects += child.objects;
      size.fields += child.fields;
    }
    if (size.fields > largest.fields) largest = size;
  }
  return largest;
}
