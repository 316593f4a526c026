import type { FieldNode } from "graphql";
import { Failure } from "../failure";
import { Pacer } from "./pacer";

/** What an answer may hold: objects, and bytes as JSON. 20 Organizations of 50 Members with 6 apps each are 14,000 objects. */
export const MAX_OBJECTS = 100_000;
export const MAX_BYTES = 8_000_000;

/** Fields that are resolved in one turn of the event loop: some 20 ms of graphql-js. */
const FIELDS_PER_TURN = 10_000;
/**
 * Lists that start to be read in one turn. More than any query within the cost limit reads at once, so that what belongs
 * into one batch is never parted.
 */
const LISTS_PER_TURN = 5000;

/** What one item of a list comes to: the objects that it brings, itself among them, and all fields of these. */
export interface ItemSize {
  objects: number;
  fields: number;
}

/**
 * Counts the objects of one answer as its lists become known, before they are made into an answer: a schema with cycles
 * lets a short query that needs one call ask for 100 times 100 times 100.
 */
export class AnswerMeter {
  /** Objects that the lists have announced. */
  objects = 0;
  /** Set when they were too many: the answer is this, and whatever still asks for a list gets an empty one. */
  refused: Failure | null = null;

  /** What the items of each list field come to. */
  readonly itemSizes = new Map<readonly FieldNode[], ItemSize>();

  private readonly lists = new Pacer(LISTS_PER_TURN);
  private readonly fields = new Pacer(FIELDS_PER_TURN);

  /** Before a list is read. */
  beforeList(): Promise<void> | undefined {
    return this.lists.pass(1);
  }

  /** A list is known. @returns when its items may be answered; `undefined`: at once. */
  announce(items: number, size: ItemSize, field: string): Promise<void> | undefined {
    this.objects += items * size.objects;
    if (this.objects > MAX_OBJECTS) {
      this.refused ??= new Failure(
        "COST_LIMIT_EXCEEDED",
        `The answer would have ${this.objects} objects or more; at most ${MAX_OBJECTS} are allowed. It is ${field} that multiplies them. Ask for fewer items per page, or split the query.`,
        { objects: this.objects, limit: MAX_OBJECTS, field },
      );
      return undefined;
    }
    return this.fields.pass(items * size.fields);
  }
}
