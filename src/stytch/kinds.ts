import { z } from "zod";
import { Failure } from "../failure";

/** Told of what was not as Stytch documents it: a name from the table, never a value. */
export interface Odd {
  /** A value that was replaced by an empty one. */
  value(name: string): void;
  /** A record that was left out of a list, or where a list ends. */
  record(name: string): void;
}

/** An answer without what it was made for. */
export class LackingAnswer extends Failure {
  constructor(readonly lacking: string) {
    super("UPSTREAM_UNAVAILABLE", `Stytch's answer lacks ${lacking}, so it cannot be shown. Try again later.`);
  }
}

/** What a value must be: answers it, mended where it is odd. @throws LackingAnswer where nothing can stand for it */
export type Kind = (value: unknown, name: string, odd: Odd) => unknown;

type Json = Record<string, unknown>;
export const isRecord = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === "string";
const isName = (value: unknown): value is string => isText(value) && value !== "";
/** RFC 3339, as GraphQL's DateTime takes it; `Date.parse` would read a year out of nearly everything. */
const Moment = z.iso.datetime({ offset: true });
const isMoment = (value: unknown): boolean => value === "" || Moment.safeParse(value).success;
/** GraphQL's Int has 32 bits. */
const isInteger = (value: unknown): boolean => Number.isInteger(value) && Number(value) === (Number(value) | 0);

const orElse =
  (isGood: (value: unknown) => boolean, empty: unknown): Kind =>
  (value, name, odd) => {
    if (isGood(value)) return value;
    // A key that is left out, or null, is how Stytch says "not set".
    if (value != null) odd.value(name);
    return empty;
  };

/** With U+FFFD for half of a surrogate pair, at which many parsers refuse the whole answer (RFC 8259 8.2). */
const wellFormed =
  (kind: Kind): Kind =>
  (value, name, odd) => {
    if (!isText(value) || value.isWellFormed()) return kind(value, name, odd);
    odd.value(name);
    return value.toWellFormed();
  };

/** Empty when it is no text. */
export const TEXT = wellFormed(orElse(isText, ""));
/** Null when it is no text. */
export const OPTIONAL_TEXT = wellFormed(orElse((value) => value == null || isText(value), null));
/** False when it is neither. */
export const FLAG = orElse((value) => typeof value === "boolean", false);
/** True when it is neither: what must be asked rather once too often. */
export const CAUTION = orElse((value) => typeof value === "boolean", true);
/** Null when it is no moment. */
export const MOMENT = orElse(isMoment, null);
/** Null when it is none that can be shown. */
export const INTEGER = orElse(isInteger, null);
const TOTAL = orElse(isInteger, -1);

/** Names the record: it cannot be shown without. */
export const NAME: Kind = wellFormed((value, name) => {
  if (isName(value)) return value;
  throw new LackingAnswer(name);
});

/** Decides by being there, so that nothing odd can stand for it. */
export const TEXT_IF_ANY: Kind = (value, name) => {
  if (value == null || isText(value)) return value;
  throw new LackingAnswer(name);
};

/** A list of texts: what is none is dropped, and a list that is none is empty. */
export const TEXTS: Kind = (value, name, odd) => {
  if (Array.isArray(value) && value.every((text) => isText(text) && text.isWellFormed())) return value;
  if (value != null) odd.value(name);
  return Array.isArray(value) ? value.filter(isText).map((text) => text.toWellFormed()) : [];
};

const Permissions = z.array(z.object({ resource_id: z.string(), actions: z.array(z.string()) }));
const exactly =
  (schema: z.ZodType): Kind =>
  (value, name) => {
    if (schema.safeParse(value).success) return value;
    throw new LackingAnswer(name);
  };
/** Nothing of them may be missing: a scope that needs less than it does would be held by more roles. */
export const PERMISSIONS = exactly(Permissions);
/** Of somebody who may have none. */
export const PERMISSIONS_IF_ANY: Kind = (value, name, odd) => (value == null ? [] : PERMISSIONS(value, name, odd));
export const ACTIONS = exactly(z.array(z.string()));

/** A record with these fields, and others that are handed on as they came. */
export function record(fields: Record<string, Kind>): Kind {
  const entries = Object.entries(fields);
  return (value, name, odd) => {
    if (!isRecord(value)) throw new LackingAnswer(name);
    for (const [field, kind] of entries) {
      const mended = kind(value[field], field, odd);
      if (mended !== value[field]) value[field] = mended;
    }
    return value;
  };
}

/** Beside what the answer was made for: null when it cannot be shown. Whoever needs it asks `present`. */
export const ifGood =
  (kind: Kind): Kind =>
  (value, name, odd) => {
    try {
      return kind(value, name, odd);
    } catch (error) {
      if (!(error instanceof LackingAnswer)) throw error;
      odd.value(name);
      return null;
    }
  };

/** @throws LackingAnswer where `ifGood` left nothing */
export function present<T>(value: T | null | undefined, name: string): T {
  if (value == null) throw new LackingAnswer(name);
  return value;
}

/** The items that can be shown; `leave` is told of each that cannot. */
function mendItems(kind: Kind, items: readonly unknown[], name: string, odd: Odd, leave: (name: string) => void) {
  return items.filter((item) => {
    try {
      kind(item, name, odd);
      return true;
    } catch (error) {
      if (!(error instanceof LackingAnswer)) throw error;
      leave(name);
      return false;
    }
  });
}

/** What an answer was made for: a record that cannot be shown is left out, with an error that says so. */
export const listOf =
  (kind: Kind): Kind =>
  (value, name, odd) => {
    if (!Array.isArray(value)) throw new LackingAnswer(name);
    return mendItems(kind, value, name, odd, (list) => odd.record(list));
  };

/** The same for a list that need not be there: an empty one may be null. */
export const listIfAny =
  (kind: Kind): Kind =>
  (value, name, odd) =>
    value == null ? [] : listOf(kind)(value, name, odd);

/** Parts of a record: what cannot be shown is dropped, and a list that is none is empty. */
export const partsOf =
  (kind: Kind): Kind =>
  (value, name, odd) => {
    if (Array.isArray(value)) return mendItems(kind, value, name, odd, (list) => odd.value(list));
    if (value != null) odd.value(name);
    return [];
  };

/** Records by id that came along: none is missed. */
export const mapOf =
  (kind: Kind): Kind =>
  (value, name, odd) => {
    const map = isRecord(value) ? value : {};
    const good = new Set(mendItems(kind, Object.values(map), name, odd, () => undefined));
    return Object.fromEntries(Object.entries(map).filter(([, item]) => good.has(item)));
  };

/** How a list goes on. Without it nobody knows whether it does. */
export const METADATA: Kind = (value, name, odd) => {
  const { total, next_cursor, ...rest } = isRecord(value) ? value : {};
  const isKnown = isRecord(value) && (next_cursor == null || isText(next_cursor));
  if (!isKnown) odd.record(name);
  return { ...rest, total: TOTAL(total, "total", odd), ...(isKnown && next_cursor != null && { next_cursor }) };
};
