import type { FieldNode } from "graphql";
import { Failure } from "../../failure";
import { Pacer } from "./pacer";

/** What an answer may hold: objects, and bytes as JSON. 20 Organizations of 50 Members with 6 apps each are 14,000 objects. */
export const MAX_OBJECTS = 100_000;
export const MAX_BYTES = 8_000_000;
/** Fields of these objects. An answer with more of them would have more bytes, too, but only once it was made. */
const MAX_FIELDS = 500_000;

/** Fields that are resolved in one turn of the event loop: some 20 ms of graphql-js. */
const FIELDS_PER_TURN = 10_000;
/** Lists that start to be read in one turn: as many as there may be calls, and whole pages, so that batches stay whole. */
const LISTS_PER_TURN = 2500;

/** Ids of one search: see `loaders`. */
const BATCH = 100;

/** What one item of a list comes to: the objects that it brings, itself among them, and all fields of these. */
export interface ItemSize {
  objects: number;
  fields: number;
}

/** Of selections without directives, whose size no variable changes. A compiled operation keeps its selections. */
export const FIXED_SIZES = new WeakMap<readonly FieldNode[], ItemSize>();

/**
 * Counts the objects of one answer as its lists become known, before they are made into an answer: a schema with cycles
 * lets a short query that needs one call ask for 100 times 100 times 100.
 */
export class AnswerMeter {
  /** Objects that the lists have announced. */
  objects = 0;
  private announcedFields = 0;
  isCompiled = false;
  /** Set when they were too many: the answer is this, and whatever still asks for a list gets an empty one. */
  refused: Failure | null = null;

  /** What the items of each list field come to, by its selection: in this request, or whenever it is asked again. */
  itemSizes = new WeakMap<readonly FieldNode[], ItemSize>();

  private readonly lists = new Pacer(LISTS_PER_TURN);
  private readonly fields = new Pacer(FIELDS_PER_TURN);

  /** Before a list is read. */
  beforeList(): Promise<void> | undefined {
    return this.lists.pass(1);
  }

  /** A list is known. Counts what its items come to. */
  announce(items: number, size: ItemSize, field: string): void {
    this.objects += items * size.objects;
    this.announcedFields += items * size.fields;
    if (this.objects > MAX_OBJECTS) {
      this.refuse(`${this.objects} objects`, `${MAX_OBJECTS}`, field, { objects: this.objects, limit: MAX_OBJECTS });
    } else if (this.announcedFields > MAX_FIELDS) {
      this.refuse(`${this.announcedFields} fields`, `${MAX_FIELDS}`, field, {
        fields: this.announcedFields,
        limit: MAX_FIELDS,
      });
    }
  }

  /** When the items of a list may be answered; `undefined`: at once. */
  beforeItems(items: number, { fields }: ItemSize): Promise<void> | undefined {
    return this.fields.pass(items * fields);
  }

  /** Whether a list is too long for one turn. graphql-jit answers its items at once, and is quick enough for that. */
  isLong(items: number, { fields }: ItemSize): boolean {
    return !this.isCompiled && items * fields > FIELDS_PER_TURN;
  }

  /** The items of a long list, as many as fit at once and the others as promises of later turns. */
  inTurns(list: readonly unknown[], { fields }: ItemSize): readonly unknown[] {
    // Whole batches of the loaders, so that parting the list costs no further call.
    const perTurn = BATCH * Math.max(1, Math.floor(FIELDS_PER_TURN / fields / BATCH));
    let turn: Promise<void> | undefined;
    return list.map((item, index) => {
      if (index % perTurn === 0) turn = this.fields.pass(perTurn * fields);
      return turn ? turn.then(() => item) : item;
    });
  }

  private refuse(found: string, limit: string, field: string, details: Record<string, number>): void {
    this.refused ??= new Failure(
      "COST_LIMIT_EXCEEDED",
      `The answer would have ${found} or more; at most ${limit} are allowed. It is ${field} that multiplies them. Ask for fewer items per page, or split the query.`,
      { ...details, field },
    );
  }
}
