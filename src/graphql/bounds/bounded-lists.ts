import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isNonNullType,
  isObjectType,
} from "graphql";
import type { GatewayContext } from "../context";
import { costOfItems } from "../cost/cost";
import { costRuleOf, ONE } from "../cost/prices";
import type { AnswerMeter } from "./answer";
import { type ItemSize, sizeOfItem } from "./item-size";
import { isList, isMany } from "./list-types";

/**
 * Wraps every field whose resolver reads a list or an object, so that what it reads is known to the request's
 * `AnswerMeter` before it is made into an answer. Whatever has no resolver is counted with what it stands in: the items of a connection where the
 * connection is read, a list of ids where its object is. Mutations always run, and their payloads are never in the way.
 */
export function boundLists(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap()).filter(isObjectType)) {
    if (type.name.startsWith("__") || type === schema.getMutationType()) continue;
    for (const field of Object.values(type.getFields())) boundField(type, field);
  }
  return schema;
}

type Args = Record<string, unknown>;

/** Pages whose items may be long each (a policy's change names up to 60,000 characters): an answer reads one at a time. */
const HEAVY = new Set(["AuditEventConnection"]);

function boundField(parent: GraphQLObjectType, field: GraphQLField<unknown, GatewayContext>): void {
  const { resolve } = field;
  const type = getNamedType(field.type);
  if (!resolve || !(isCompositeType(type) || isList(field.type))) return;
  const name = `${parent.name}.${field.name}`;
  const rule = costRuleOf(field);
  const isHeavy = HEAVY.has(type.name);

  /** In a refused answer, which is thrown away: whatever makes least work. */
  function nothing({ refused }: AnswerMeter): unknown {
    if (isList(field.type)) return [];
    if (isNonNullType(field.type)) throw refused;
    return null;
  }

  /** A list that is longer than the cost rule reckoned with makes its items' fields cost more. */
  function raiseCost(items: number, args: Args, context: GatewayContext, info: GraphQLResolveInfo): void {
    const usual = rule?.(ONE, args).children?.size;
    if (usual === undefined || items <= usual) return;
    const nodes = [...info.fieldNodes];
    const more = costOfItems(info, field.type, items, nodes).calls - costOfItems(info, field.type, usual, nodes).calls;
    context.stytch.meter.raise(more, `${name} has ${items} entries`, "Select less of them, or split the query.");
  }

  function announceMany(value: unknown, args: Args, context: GatewayContext, info: GraphQLResolveInfo): unknown {
    const { answer } = context;
    if (answer.refused) return nothing(answer);
    const items = lengthOf(value);
    if (items === 0) return value;
    raiseCost(items, args, context, info);
    const size = itemSizeOf(answer, field.type, info);
    const fields = answer.announce(items, size, name);
    if (answer.refused) return nothing(answer);
    const room = answer.room();
    return room ? room.then(() => hold(value, size, fields, answer)) : hold(value, size, fields, answer);
  }

  function hold(value: unknown, size: ItemSize, fields: number, answer: AnswerMeter): unknown {
    if (answer.refused) return nothing(answer);
    if (Array.isArray(value) && answer.isLong(fields)) {
      const more = answer.weigh(value, size.known, name);
      return answer.refused ? nothing(answer) : answer.inTurns(value, fields + more);
    }
    // A page makes its items when it is weighed: so in its turn.
    const wait = answer.beforeFields(fields);
    return wait ? wait.then(() => weigh(value, size, answer)) : weigh(value, size, answer);
  }

  function weigh(value: unknown, size: ItemSize | null, answer: AnswerMeter): unknown {
    if (answer.refused) return nothing(answer);
    const wait = answer.beforeMoreFields(answer.weigh(value, size?.known ?? null, name));
    if (answer.refused) return nothing(answer);
    return wait ? wait.then(() => (answer.refused ? nothing(answer) : value)) : value;
  }

  /** One object was counted, but for its bytes, with the list that it stands in. */
  function announceOne(value: unknown, { answer }: GatewayContext, info: GraphQLResolveInfo): unknown {
    if (value === null || value === undefined) return value;
    return weigh(value, isCompositeType(type) ? itemSizeOf(answer, field.type, info) : null, answer);
  }

  const announce = isMany(field.type)
    ? announceMany
    : (value: unknown, _: Args, context: GatewayContext, info: GraphQLResolveInfo) => announceOne(value, context, info);

  field.resolve = (source, args, context, info) => {
    const { answer } = context;
    const read = () => {
      if (answer.refused) return nothing(answer);
      const value = resolve(source, args, context, info);
      return value instanceof Promise
        ? value.then((list) => announce(list, args, context, info))
        : announce(value, args, context, info);
    };
    if (isHeavy) return answer.oneByOne(async () => read());
    const wait = isMany(field.type) ? answer.beforeList() : undefined;
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
    size = sizeOfItem(getNamedType(output), info.fieldNodes, info);
    itemSizes.set(info.fieldNodes, size);
  }
  return size;
}
