import type { FieldNode } from "graphql";
import { Failure } from "../../failure";
import { type Part, SMALL } from "./in-work";
import { type ItemSize, type Known, Weight } from "./item-size";
import { Pacer } from "./pacer";

/** What an answer may hold: objects, and bytes as JSON. 20 Organizations of 50 Members with 6 apps each are 14,000 objects. */
export const MAX_OBJECTS = 100_000;
export const MAX_BYTES = 8_000_000;
/** Fields of these objects and entries of their lists: what an answer takes to make, whatever its bytes are. */
const MAX_FIELDS = 500_000;

/** Fields that are resolved in one turn of the event loop: some 20 ms of graphql-js. */
const FIELDS_PER_TURN = 10_000;
/** Lists that start to be read in one turn: as many as there may be calls, and whole pages, so that batches stay whole. */
const LISTS_PER_TURN = 2500;

/** Objects that a list is reckoned as while it is read, for the promises of each step: an estimate. */
const OF_A_LIST = 10;

/** Ids of one search: see `loaders`. */
const BATCH = 100;

type ItemSizes = Pick<Map<readonly FieldNode[], ItemSize>, "get"> & {
  set(selection: readonly FieldNode[], size: ItemSize): unknown;
};

/** Of selections without directives, whose size no variable changes. A compiled operation keeps its selections. */
export const FIXED_SIZES: ItemSizes = new WeakMap<readonly FieldNode[], ItemSize>();

/**
 * Counts objects, fields and bytes of one answer as they become known, before they are made into an answer: a schema with
 * cycles lets a short query that needs one call ask for 100 times 100 times 100, or for one long text as often.
 */
export class AnswerMeter {
  /** Objects that the lists have announced. */
  objects = 0;
  private announcedFields = 0;
  private bytes = 0;
  /** Lists that were asked for. */
  private begun = 0;
  isCompiled = false;
  private tooMuch: Failure | null = null;

  /** What the items of each list field come to, by its selection: in this request, or whenever it is asked again. */
  itemSizes: ItemSizes = new Map();

  private before = Promise.resolve();
  private readonly lists: Pacer;
  private readonly fields: Pacer;

  constructor(private readonly part: Part) {
    this.lists = new Pacer(LISTS_PER_TURN, part);
    this.fields = new Pacer(FIELDS_PER_TURN, part);
  }

  /** When they were too many, or nobody waits for them: the answer is this, and whatever still asks for a list gets none. */
  get refused(): Failure | null {
    this.tooMuch ??= this.part.abandoned;
    return this.tooMuch;
  }

  /** What it holds until it is text. */
  private get weight(): number {
    return this.objects + this.announcedFields + OF_A_LIST * this.begun;
  }

  /** Whether it goes on only in turns of its own. */
  private get isLarge(): boolean {
    return this.weight > SMALL && this.part.takesTurns;
  }

  /** A turn of the event loop that no other large answer has. */
  turn(): Promise<void> {
    return new Promise((begin) => this.part.nextTurn(this, begin));
  }

  /** Before a list is read. */
  beforeList(): Promise<void> | undefined {
    this.begun += 1;
    this.part.grow(this.weight);
    const room = this.room();
    return room ? room.then(() => this.lists.pass(1, this.isLarge)) : this.lists.pass(1, this.isLarge);
  }

  /** Reads what may be large by itself when all of that kind before it is counted. Its callers bound how many wait. */
  oneByOne<T>(read: () => Promise<T>): Promise<T> {
    const result = this.before.then(read);
    this.before = result.then(
      () => undefined,
      () => undefined,
    );
    return result;
  }

  /** A list is known, or a page that has yet to make its items. Counts what these come to; returns their fields. */
  announce(items: number, size: ItemSize, field: string): number {
    this.count(items * size.objects, items * size.fields, 0, field);
    return items * size.fields;
  }

  /**
   * Counts the bytes of what a field has read, as far as no other resolver has yet to find it, and the lists in it, which
   * no `ItemSize` knows. `known`: of the object, or of each in a list or page; `null` for plain values. Returns fields, too.
   */
  weigh(value: unknown, known: Known | null, field: string): number {
    const weight = new Weight(MAX_BYTES - this.bytes);
    if (known) weight.addKnown(value, known);
    else weight.addValue(value);
    this.count(weight.objects, weight.fields, weight.bytes, field);
    return weight.fields;
  }

  private count(objects: number, fields: number, bytes: number, field: string): void {
    this.objects += objects;
    this.announcedFields += fields;
    this.bytes += bytes;
    if (this.objects > MAX_OBJECTS) {
      this.refuse(`${this.objects} objects`, `${MAX_OBJECTS}`, field, { objects: this.objects, limit: MAX_OBJECTS });
    } else if (this.announcedFields > MAX_FIELDS) {
      this.refuse(`${this.announcedFields} fields`, `${MAX_FIELDS}`, field, {
        fields: this.announcedFields,
        limit: MAX_FIELDS,
      });
    } else if (this.bytes > MAX_BYTES) this.tooMuch ??= tooManyBytes(this.bytes, field);
    this.part.grow(this.weight);
  }

  /** When there is room for what was announced; `undefined`: now. Where there will be none the answer is refused. */
  room(): Promise<void> | undefined {
    if (this.refused) return undefined;
    return this.part.room()?.catch((error: unknown) => {
      if (!(error instanceof Failure)) throw error;
      this.tooMuch ??= error;
    });
  }

  /** It takes no more room. */
  end(): void {
    this.part.end();
  }

  /** When so many fields may be made; `undefined`: at once. */
  beforeFields(fields: number): Promise<void> | undefined {
    return this.fields.pass(fields, this.isLarge);
  }

  /** The same for what was found in passing: a few more do not make a turn long. */
  beforeMoreFields(fields: number): Promise<void> | undefined {
    return fields > FIELDS_PER_TURN / 10 ? this.fields.pass(fields, this.isLarge) : undefined;
  }

  /** Whether a list is too long for one turn. graphql-jit answers its items at once, and is quick enough for that. */
  isLong(fields: number): boolean {
    return !this.isCompiled && fields > FIELDS_PER_TURN;
  }

  /** The items of a long list, as many as fit at once and the others as promises of later turns. */
  inTurns(list: readonly unknown[], fields: number): readonly unknown[] {
    // Whole batches of the loaders, so that parting the list costs no further call.
    const perBatch = BATCH * Math.max(1, fields / list.length);
    const perTurn = BATCH * Math.max(1, Math.floor(FIELDS_PER_TURN / perBatch));
    let turn: Promise<void> | undefined;
    return list.map((item, index) => {
      if (index % perTurn === 0) turn = this.fields.pass((perTurn * fields) / list.length, this.isLarge);
      return turn ? turn.then(() => item) : item;
    });
  }

  private refuse(found: string, limit: string, field: string, details: Record<string, number>): void {
    this.tooMuch ??= new Failure(
      "COST_LIMIT_EXCEEDED",
      `The answer would have ${found} or more; at most ${limit} are allowed. It is ${field} that multiplies them. Ask for fewer items per page, or split the query.`,
      { ...details, field },
    );
  }
}

/** `field`: the one with which they became too many, as far as that is known. */
export const tooManyBytes = (bytes: number, field?: string) =>
  new Failure(
    "COST_LIMIT_EXCEEDED",
    `The answer would have ${bytes} bytes or more; at most ${MAX_BYTES} are allowed. Ask for fewer items or fields.`,
    { bytes, limit: MAX_BYTES, ...(field && { field }) },
  );
