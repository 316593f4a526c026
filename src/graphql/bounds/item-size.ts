import { collectSubFields } from "@graphql-tools/utils";
import {
  type FieldNode,
  type GraphQLNamedType,
  type GraphQLResolveInfo,
  getNamedType,
  isAbstractType,
  isLeafType,
  isObjectType,
} from "graphql";
import { isConnection, isMany } from "./list-types";

/** What one item of a list comes to: the objects that it brings, itself among them, and all fields of these. */
export interface ItemSize {
  objects: number;
  fields: number;
  known: Known;
}

/** What is known of an object as soon as it is read: all that it selects and that no resolver has yet to find. */
export interface Known {
  /** Bytes of its names, with quotes, colons and commas. */
  bytes: number;
  /** The property behind each name in the answer that stands for a value or a list of values. */
  values: ReadonlyMap<string, string>;
  /** The same for objects and lists of objects. */
  objects: ReadonlyMap<string, Inner>;
}

interface Inner {
  property: string;
  known: Known;
  /** Whether the size of what it stands in has it already; lists in an object are counted once they are there. */
  isCounted: boolean;
}

/** Bytes that a value needs in JSON besides its characters: quotes, comma, colon. */
export const OVERHEAD = 4;

const NO_ITEM: ItemSize = { objects: 0, fields: 0, known: { bytes: 0, values: new Map(), objects: new Map() } };

/**
 * An object and the single objects under it; the largest where an interface leaves open which it is. Lists under it are
 * counted when they are read.
 */
export function sizeOfItem(output: GraphQLNamedType, nodes: readonly FieldNode[], info: GraphQLResolveInfo): ItemSize {
  const { schema, fragments, variableValues } = info;
  const types = isAbstractType(output) ? schema.getPossibleTypes(output) : isObjectType(output) ? [output] : [];
  let largest = NO_ITEM;
  // Of all types an interface may stand for: an object lacks the properties of the others.
  const values = new Map<string, string>();
  const objects = new Map<string, Inner>();
  for (const type of types) {
    const { fields } = collectSubFields(schema, fragments, { coerced: variableValues, sources: {} }, type, [...nodes]);
    const known = { bytes: OVERHEAD, values, objects };
    const size = { objects: isConnection(type) ? 0 : 1, fields: fields.size, known };
    for (const [name, children] of fields) {
      known.bytes += name.length + OVERHEAD;
      const field = type.getFields()[children[0]?.name.value ?? ""];
      if (!field) continue;
      const isKnown = !field.resolve;
      const property = field.name;
      if (isLeafType(getNamedType(field.type))) {
        if (isKnown) values.set(`${name} ${property}`, property);
        continue;
      }
      const child = sizeOfItem(getNamedType(field.type), children, info);
      const isCounted = isConnection(type) || !isMany(field.type);
      if (isKnown) objects.set(`${name} ${property}`, { property, known: child.known, isCounted });
      if (!isCounted) continue;
      size.objects += child.objects;
      size.fields += child.fields;
    }
    if (size.fields >= largest.fields) largest = size;
  }
  return largest;
}

/** What is known of one field's value: the bytes of its JSON, and what no `ItemSize` has counted. */
export class Weight {
  bytes = 0;
  /** In lists that stand in an object. */
  objects = 0;
  /** Their fields, and the entries of lists of plain values: whoever makes the answer handles each. */
  fields = 0;

  /** Looks no further where the bytes are too many. */
  constructor(private readonly maxBytes: number) {}

  /** Whatever `known` says of an object, or of each in a list. */
  addKnown(value: unknown, known: Known, isCounted = true): void {
    if (Array.isArray(value)) {
      for (const item of value) {
        if (this.bytes > this.maxBytes) return;
        this.addKnown(item, known, isCounted);
      }
    } else if (isObject(value)) {
      this.bytes += known.bytes;
      if (!isCounted) {
        this.objects += 1;
        this.fields += known.values.size + known.objects.size;
      }
      for (const property of known.values.values()) this.addValue(value[property]);
      for (const inner of known.objects.values()) {
        this.addKnown(value[inner.property], inner.known, isCounted && inner.isCounted);
      }
    }
  }

  addValue(value: unknown): void {
    this.bytes += OVERHEAD;
    if (typeof value === "string") this.bytes += value.length;
    else if (value instanceof Date) this.bytes += OVERHEAD * 5;
    else if (Array.isArray(value)) {
      this.fields += value.length;
      for (const entry of value) {
        if (this.bytes > this.maxBytes) return;
        this.addValue(entry);
      }
    }
  }
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;
