import {
  BREAK,
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  specifiedScalarTypes,
  type VariableDefinitionNode,
  visit,
} from "graphql";
import { type CompiledQuery, compileQuery, isCompiledQuery } from "graphql-jit";
import { LRUCache } from "lru-cache";
import type { DocumentSize } from "../bounds/limits";

/** Operations that are known, and selections of all that are compiled: what memory they take follows from these. */
const MAX_KNOWN = 1000;
const MAX_SELECTIONS = 10_000;

/** The largest operation that is compiled. graphql-jit writes code for each selection, fragments spread. */
const MAX_COMPILED = 150;

interface Known {
  uses: number;
  selections: number;
  /** `null`: graphql-jit does not take it. */
  compiled?: CompiledQuery | null;
}

export type Compiler = ReturnType<typeof createCompiler>;

/**
 * Compiles an operation that comes again, by graphql-jit; graphql-js runs everything else. Compiling costs milliseconds,
 * so queries that nobody repeats never cause it. `compileAfter` is the number of uses before that.
 */
export function createCompiler(compileAfter = 1) {
  // Apollo keeps parsed documents, so an operation that comes again is the same object.
  const known = new LRUCache<OperationDefinitionNode, Known>({
    max: MAX_KNOWN,
    maxSize: MAX_SELECTIONS,
    sizeCalculation: ({ compiled, selections }) => (compiled ? selections : 1),
  });

  return function find(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    { selections, introspection }: DocumentSize,
  ): CompiledQuery | null {
    const entry = known.get(operation) ?? { uses: 0, selections: selections + introspection };
    entry.uses += 1;
    if (entry.compiled === undefined && entry.uses > compileAfter) {
      const isSmall = entry.selections <= MAX_COMPILED;
      const result =
        isSmall && isSupported(document, operation) && compileQuery(schema, document, operation.name?.value);
      entry.compiled = result && isCompiledQuery(result) ? result : null;
    }
    known.set(operation, entry);
    return entry.compiled ?? null;
  };
}

/** What graphql-jit would answer as graphql-js does. Mutations gain nothing, and it ignores the defaults of input fields. */
const isSupported = (
  document: DocumentNode,
  { operation, variableDefinitions = [] }: OperationDefinitionNode,
): boolean => operation === "query" && variableDefinitions.every(isSupportedVariable) && !hasPrototypeKey(document);

const PLAIN_TYPES = new Set(specifiedScalarTypes.map(({ name }) => name));

/**
 * It asks whether a value is there before it looks at the default of a non-null type, makes a text of the default of a
 * date, and finds `toString` in every object of variables.
 */
const isSupportedVariable = ({ variable, type, defaultValue }: VariableDefinitionNode): boolean =>
  !(variable.name.value in Object.prototype) &&
  (!defaultValue || (type.kind === Kind.NAMED_TYPE && PLAIN_TYPES.has(type.name.value)));

/** It writes answers as literals, in which `__proto__` is no key. */
function hasPrototypeKey(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    Field({ alias }) {
      if (alias?.value !== "__proto__") return undefined;
      found = true;
      return BREAK;
    },
  });
  return found;
}
