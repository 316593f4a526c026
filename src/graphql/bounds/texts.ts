import {
  type ASTNode,
  type DocumentNode,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  Kind,
  NoFragmentCyclesRule,
  type SourceLocation,
  specifiedRules,
  type ValidationRule,
  validate,
  visit,
} from "graphql";
import { LRUCache } from "lru-cache";
import { type ErrorCode, Failure } from "../../failure";
import { type DocumentSize, excessesOf, isForSignedIn, measure } from "./limits";

/** Errors of one text that its author is told. Each costs work, and more than a few help nobody. */
const MAX_ERRORS = 5;
/** Characters of an error's message, which may quote the text, and places that one error names. */
export const MAX_MESSAGE = 500;
const MAX_PLACES = 5;

/** Bytes of parsed documents that are kept, and how many a character of text may become (`{a a a a}`). */
const MAX_BYTES = 20_000_000;
const BYTES_PER_CHARACTER = 150;

/** Of every limit, whether it is on the text, on the calls, or on the answer. */
const LIMIT: ErrorCode = "COST_LIMIT_EXCEEDED";

export interface CheckedText {
  size: DocumentSize;
  errors: readonly GraphQLFormattedError[];
}

export type Texts = ReturnType<typeof createTexts>;

/**
 * Keeps parsed texts and checks each once, before anything else looks at it. Apollo's own validation is switched off in
 * favour of this: it lets its rules loose on a document of any size, and again each time that a refused one comes back.
 */
export function createTexts(schema: GraphQLSchema, introspection: boolean) {
  const rules = [...specifiedRules, RootTypesRule, ...(introspection ? [] : [NoIntrospectionRule])];
  const options = { maxErrors: MAX_ERRORS, hideSuggestions: !introspection };

  const documents = new LRUCache<string, DocumentNode>({
    maxSize: MAX_BYTES,
    sizeCalculation: ({ loc }) => 1000 + BYTES_PER_CHARACTER * (loc?.end ?? 0),
  });
  const keys = new WeakMap<DocumentNode, string>();
  const checked = new WeakMap<DocumentNode, CheckedText>();

  function errorsOf(document: DocumentNode, size: DocumentSize): readonly GraphQLError[] {
    const excesses = excessesOf(size);
    if (excesses.length === 0) return validate(schema, document, rules, options);
    const cycles = size.selections === Number.POSITIVE_INFINITY ? [NoFragmentCyclesRule] : [];
    const errors = validate(schema, document, cycles, options);
    return errors.length > 0
      ? errors
      : excesses.map((message) => new GraphQLError(message, { extensions: { code: LIMIT } }));
  }

  /** Of a refused text its errors are kept, not what it was parsed into. */
  function forget(document: DocumentNode, text: CheckedText): void {
    const key = keys.get(document);
    if (key === undefined) return;
    const empty: DocumentNode = { kind: Kind.DOCUMENT, definitions: [] };
    checked.set(empty, text);
    documents.set(key, empty);
  }

  return {
    /** For Apollo, which looks here by the hash of a text and puts here what it has parsed. */
    documentStore: {
      get: async (key: string) => documents.get(key),
      set: async (key: string, document: DocumentNode) => {
        documents.set(key, document);
        keys.set(document, key);
      },
      delete: async (key: string) => documents.delete(key),
    },

    /** @throws UNAUTHENTICATED for a text that only signed-in callers may send, before it is validated. */
    check(document: DocumentNode, isSignedIn: boolean): CheckedText {
      const known = checked.get(document);
      const size = known?.size ?? measure(document);
      if (!isSignedIn && isForSignedIn(size)) {
        if (!known) documents.delete(keys.get(document) ?? "");
        throw new Failure("UNAUTHENTICATED", "A query of this size needs a credential. Sign in first.");
      }
      if (known) return known;
      const places = takePlaces(document);
      const text = { size, errors: errorsOf(document, size).map((error) => show(error, places)) };
      checked.set(document, text);
      if (text.errors.length > 0) forget(document, text);
      return text;
    },
  };
}

type Places = Map<ASTNode, SourceLocation>;

/**
 * Takes from a document where in the text its nodes stand, and returns it. graphql-js counts the lines from the start of
 * the text for each node of each error, when a list of thousands fails too; and the places keep the text and its tokens
 * in memory. Errors of fields have a path.
 */
function takePlaces(document: DocumentNode): Places {
  const places: Places = new Map();
  visit(document, {
    enter(node) {
      if (!node.loc) return;
      const { line, column } = node.loc.startToken;
      places.set(node, { line, column });
      Object.assign(node, { loc: undefined });
    },
  });
  return places;
}

function show({ message, nodes = [], extensions }: GraphQLError, places: Places): GraphQLFormattedError {
  const locations = nodes.slice(0, MAX_PLACES).flatMap((node) => places.get(node) ?? []);
  return {
    message: message.slice(0, MAX_MESSAGE),
    ...(locations.length > 0 && { locations }),
    extensions: { code: extensions.code ?? "GRAPHQL_VALIDATION_FAILED" },
  };
}

/** graphql-js says nothing of an operation whose root type the schema lacks, and nothing of the fields in it. */
const RootTypesRule: ValidationRule = (context) => ({
  OperationDefinition(node) {
    if (context.getSchema().getRootType(node.operation)) return;
    context.reportError(new GraphQLError(`There are no operations of type ${node.operation} here.`, { nodes: node }));
  },
});

const NoIntrospectionRule: ValidationRule = (context) => ({
  Field(node) {
    if (node.name.value !== "__schema" && node.name.value !== "__type") return;
    context.reportError(
      new GraphQLError("Introspection is switched off on this server (its variable INTROSPECTION is false).", {
        nodes: node,
      }),
    );
  },
});
