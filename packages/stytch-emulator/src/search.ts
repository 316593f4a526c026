import type { Table } from "./state/tables/table";
import { type ErrorType, StytchApiError } from "./wire/errors";
import { isObject, type JsonObject } from "./wire/json";
import { type Page, pageOf } from "./wire/paging";

/** U20: more values than this in one operand are refused. */
const MAX_VALUES = 1000;
const MIN_FUZZY_LENGTH = 3;

/** What one `filter_name` takes and how it decides. `find` answers from an index instead of looking at every record. */
export type Filter<T> =
  | { takes: "strings"; matches: (record: T, values: ReadonlySet<string>) => boolean }
  | { takes: "strings"; find: (values: readonly string[]) => Iterable<T> }
  | { takes: "fuzzy"; textsOf: (record: T) => readonly string[]; tooShort: ErrorType }
  | { takes: "boolean"; matches: (record: T, value: boolean) => boolean }
  | { takes: "string"; matches: (record: T, value: string) => boolean };

/** Error types are named after it: `member_search_missing_filter_name`. */
type Prefix = "organization_search" | "member_search" | "m2m_search";

export interface SearchableKind<T> {
  prefix: Prefix;
  table: Table<T>;
  idOf: (record: T) => string;
  filters: Readonly<Record<string, Filter<T>>>;
  /** Everything that may be found, in order of creation. */
  all: () => Iterable<T>;
}

interface Operand<T> {
  matches: (record: T) => boolean;
  /** Present when an index gave the records. */
  found: ReadonlySet<T> | null;
}

/** One page of what `query` selects; `keep` is applied beside it and does not count as an operand. */
export function search<T>(
  kind: SearchableKind<T>,
  body: JsonObject,
  keep: (record: T) => boolean = () => true,
): Page<T> {
  const { operator, operands } = parseQuery(kind, body.query);
  const indexed = operator === "AND" ? operands.find((operand) => operand.found !== null)?.found : null;
  const candidates = indexed ? inOrder(kind, indexed) : [...kind.all()];
  const every = operator === "AND" || operands.length === 0;
  const records = candidates.filter(
    (record) =>
      keep(record) &&
      (every ? operands.every(({ matches }) => matches(record)) : operands.some(({ matches }) => matches(record))),
  );
  return pageOf(records, kind.table, kind.idOf, body);
}

const inOrder = <T>({ table, idOf }: SearchableKind<T>, found: ReadonlySet<T>): T[] =>
  [...found].sort((left, right) => table.sequenceOf(idOf(left)) - table.sequenceOf(idOf(right)));

function parseQuery<T>(kind: SearchableKind<T>, query: unknown): { operator: "AND" | "OR"; operands: Operand<T>[] } {
  if (query === undefined || query === null) return { operator: "AND", operands: [] };
  if (!isObject(query)) throw new StytchApiError("bad_request", "query must be an object.");
  const { operator } = query;
  if (operator !== "AND" && operator !== "OR") throw new StytchApiError("user_search_invalid_operator");
  const operands = query.operands ?? [];
  if (!Array.isArray(operands)) throw new StytchApiError("bad_request", "query.operands must be an array.");
  return { operator, operands: operands.map((operand: unknown) => parseOperand(kind, operand)) };
}

function parseOperand<T>({ prefix, filters }: SearchableKind<T>, operand: unknown): Operand<T> {
  if (!isObject(operand)) throw new StytchApiError("bad_request", "An operand must be an object.");
  const { filter_name: name, filter_value: value } = operand;
  if (name === undefined || name === null) throw new StytchApiError(`${prefix}_missing_filter_name`);
  if (typeof name !== "string") throw new StytchApiError(`${prefix}_filter_name_must_be_string`);
  const filter = Object.hasOwn(filters, name) ? filters[name] : undefined;
  if (!filter) throw new StytchApiError(`${prefix}_filter_name_not_recognized`, `${name} is not recognized.`);
  if (value === undefined || value === null) throw new StytchApiError(`${prefix}_missing_filter_value`);
  return bind(prefix, filter, value);
}

function bind<T>(prefix: Prefix, filter: Filter<T>, value: unknown): Operand<T> {
  switch (filter.takes) {
    case "strings": {
      const values = expectStrings(prefix, value);
      if ("find" in filter) {
        const found = new Set(filter.find(values));
        return { found, matches: (record) => found.has(record) };
      }
      const wanted = new Set(values);
      return { found: null, matches: (record) => filter.matches(record, wanted) };
    }
    case "fuzzy": {
      const part = expectString(prefix, value).toLowerCase();
      if (part.length < MIN_FUZZY_LENGTH) throw new StytchApiError(filter.tooShort);
      return {
        found: null,
        matches: (record) => filter.textsOf(record).some((text) => text.toLowerCase().includes(part)),
      };
    }
    case "boolean":
      if (typeof value !== "boolean") throw new StytchApiError(typed(prefix, "expected_boolean"));
      return { found: null, matches: (record) => filter.matches(record, value) };
    case "string": {
      const text = expectString(prefix, value);
      return { found: null, matches: (record) => filter.matches(record, text) };
    }
  }
}

function expectStrings(prefix: Prefix, value: unknown): string[] {
  if (!Array.isArray(value) || !value.every((item): item is string => typeof item === "string")) {
    throw new StytchApiError(`${prefix}_expected_array_of_strings`);
  }
  if (value.length > MAX_VALUES) throw new StytchApiError("user_search_maximum_filter_value_count_exceeded");
  return value;
}

function expectString(prefix: Prefix, value: unknown): string {
  if (typeof value !== "string") throw new StytchApiError(typed(prefix, "expected_string"));
  return value;
}

/** M2M search has arrays only. */
const typed = (prefix: Prefix, name: "expected_string" | "expected_boolean"): ErrorType =>
  prefix === "m2m_search" ? "m2m_search_expected_array_of_strings" : `${prefix}_${name}`;
