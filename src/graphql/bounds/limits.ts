import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  type ValueNode,
} from "graphql";

/**
 * What one query's text may hold, everything inside a fragment counted as often as the fragment is spread. Whoever walks
 * selections without remembering the fragments it has seen (validation, the cost bound, graphql-jit, execution) works in
 * proportion to `selections`, not to the text. About ten times what the example operations need.
 */
export const LIMITS = {
  tokens: 3000,
  definitions: 100,
  selections: 200,
  inFragment: 200,
  depth: 15,
  aliases: 30,
  directives: 30,
  rootFields: 20,
  /** Under `__schema` and `__type`, and for each of them. The full introspection query has 239. */
  introspection: 300,
} as const;

/** Without a credential there is `viewer`, `__typename` and, where it is on, the introspection that tools send to ask for. */
const SIGNED_OUT_SELECTIONS = 50;
const SIGNED_OUT_ALIASES_IN_INTROSPECTION = 0;

/** What `__schema` and `__type` weigh themselves: a few fields under them answer the whole schema. */
const INTROSPECTION_WEIGHT = 50;

/** Values of arguments that weigh as much as a selection: they are read again for every object that has the field. */
const VALUES_PER_SELECTION = 10;

/** What a selection comes to when its fragments are spread. */
export interface Size {
  selections: number;
  depth: number;
  aliases: number;
  directives: number;
  /** Fields at the top. */
  rootFields: number;
  introspection: number;
}

export interface DocumentSize extends Size {
  definitions: number;
  /** Selections of the largest fragment, which may be one that no operation spreads. */
  inFragment: number;
}

const NOTHING: Size = { selections: 0, depth: 0, aliases: 0, directives: 0, rootFields: 0, introspection: 0 };

const ENDLESS: Size = { ...NOTHING, selections: Number.POSITIVE_INFINITY };

const sum = (a: Size, b: Size): Size => ({
  selections: a.selections + b.selections,
  depth: Math.max(a.depth, b.depth),
  aliases: a.aliases + b.aliases,
  directives: a.directives + b.directives,
  rootFields: a.rootFields + b.rootFields,
  introspection: a.introspection + b.introspection,
});

const largest = (a: Size, b: Size): Size => ({
  selections: Math.max(a.selections, b.selections),
  depth: Math.max(a.depth, b.depth),
  aliases: Math.max(a.aliases, b.aliases),
  directives: Math.max(a.directives, b.directives),
  rootFields: Math.max(a.rootFields, b.rootFields),
  introspection: Math.max(a.introspection, b.introspection),
});

/**
 * The largest of each among a document's operations, in time linear in its text: a fragment is measured once.
 * One that contains itself has infinitely many selections.
 */
export function measure({ definitions }: DocumentNode): DocumentSize {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  /** `null` while a fragment is being measured. */
  const measured = new Map<string, Size | null>();

  function sizeOfFragment(name: string): Size {
    const known = measured.get(name);
    if (known) return known;
    if (known === null) return ENDLESS;
    measured.set(name, null);
    const size = sizeOf(fragments.get(name)?.selectionSet);
    measured.set(name, size);
    return size;
  }

  const sizeOf = (set: SelectionSetNode | undefined): Size =>
    set ? set.selections.map(sizeOfSelection).reduce(sum, NOTHING) : NOTHING;

  function sizeOfSelection(node: SelectionNode): Size {
    const directives = node.directives?.length ?? 0;
    if (node.kind !== Kind.FIELD) {
      const inner = node.kind === Kind.INLINE_FRAGMENT ? sizeOf(node.selectionSet) : sizeOfFragment(node.name.value);
      return { ...inner, selections: inner.selections + 1, directives: inner.directives + directives };
    }
    const inner = sizeOf(node.selectionSet);
    const values = node.arguments?.reduce((total, { value }) => total + countValues(value), 0) ?? 0;
    const own: Size = {
      selections: 1 + Math.floor(values / VALUES_PER_SELECTION),
      depth: 1,
      aliases: inner.aliases + (node.alias ? 1 : 0),
      directives: inner.directives + directives,
      rootFields: 1,
      introspection: inner.introspection,
    };
    // Introspection has the depth of the types it describes, and graphql-js bounds what nests in it.
    return node.name.value === "__schema" || node.name.value === "__type"
      ? { ...own, introspection: inner.introspection + inner.selections + INTROSPECTION_WEIGHT }
      : { ...own, selections: own.selections + inner.selections, depth: 1 + inner.depth };
  }

  const operations = definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  return {
    ...operations.map(({ selectionSet }) => sizeOf(selectionSet)).reduce(largest, NOTHING),
    definitions: definitions.length,
    inFragment: Math.max(0, ...[...fragments.keys()].map((name) => sizeOfFragment(name).selections)),
  };
}

function countValues(value: ValueNode): number {
  if (value.kind === Kind.LIST) return value.values.reduce((total, item) => total + countValues(item), 1);
  if (value.kind === Kind.OBJECT) return value.fields.reduce((total, field) => total + countValues(field.value), 1);
  return 1;
}

const EXCESSES: readonly [keyof DocumentSize, string][] = [
  ["definitions", "more operations and fragments"],
  ["selections", "more fields"],
  ["inFragment", "more fields in a fragment"],
  ["depth", "deeper selections"],
  ["aliases", "more aliases"],
  ["directives", "more directives"],
  ["rootFields", "more root fields"],
  ["introspection", "more introspection fields"],
];

/** One sentence for each limit that a document is over. */
export const excessesOf = (size: DocumentSize): string[] =>
  EXCESSES.filter(([what]) => size[what] > LIMITS[what]).map(
    ([what, words]) =>
      `The query has ${words} than ${LIMITS[what]}, fragments counted wherever they are spread. Split it.`,
  );

/** Whether a text is within the limits, but larger than a caller without a credential has a use for. */
export const isForSignedIn = (size: DocumentSize): boolean =>
  excessesOf(size).length === 0 &&
  (size.selections > SIGNED_OUT_SELECTIONS ||
    (size.introspection > 0 && size.aliases > SIGNED_OUT_ALIASES_IN_INTROSPECTION));
