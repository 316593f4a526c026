import { getHeapStatistics } from "node:v8";
import type { Caller } from "../../caller/caller";
import { Failure } from "../../failure";
import { Turns } from "./turns";

/**
 * Objects and fields of all answers that are being made at one moment. The process has one thread: with more of them none
 * is ready earlier. One answer has 600,000 at most.
 */
const MAX_IN_WORK = 800_000;
/** In a small heap they are fewer, so that they take no more than this share of it. */
const SHARE_OF_HEAP = 0.25;
/** Bytes that each takes until it is text: after collections, answers of 10,000 to 88,000 objects held 60 to 110. Half-made ones hold more. */
const BYTES_EACH = 110;

/** Answers up to here never wait, and are not counted: 30 authorizations with their apps. */
export const SMALL = 300;
/** Share of the bound up to which answers wait for room. Beyond it they are refused: those that wait hold memory, too. */
const CROWDED = 1.5;
/** Share of it from which on answers take turns. Below, as with pages of everyday size, waiting would only divide batches. */
const BUSY = 0.125;
/** Milliseconds that one waits. */
const PATIENCE_MS = 10_000;
const RETRY_AFTER_SECONDS = 2;

export const maxInWork = (heap = getHeapStatistics().heap_size_limit): number =>
  Math.min(MAX_IN_WORK, Math.floor((SHARE_OF_HEAP * heap) / BYTES_EACH));

/**
 * All answers in work together: each is bounded by its `AnswerMeter`, but a caller may ask for hundreds at once. While there
 * are too many, whoever has more than its equal part goes on later. The oldest always goes on, so that all come to an end.
 */
export class InWork {
  /** What large answers do, they do one after the other. */
  readonly turns = new Turns();
  private total = 0;
  private numbers = 0;
  /** Of each caller that makes an answer which is not small. */
  private readonly weights = new Map<string, number>();
  /** Oldest first. */
  private readonly parts = new Set<Part>();
  /** Bounded by `CROWDED`: what waits is counted. */
  private readonly waiting = new Map<Part, () => void>();

  constructor(
    private readonly onRefused: () => void = () => undefined,
    private readonly max = maxInWork(),
  ) {}

  nextNumber(): number {
    this.numbers += 1;
    return this.numbers;
  }

  add(part: Part, weight: number): void {
    this.parts.add(part);
    this.total += weight;
    this.weights.set(part.owner, (this.weights.get(part.owner) ?? 0) + weight);
  }

  remove(part: Part, weight: number): void {
    this.parts.delete(part);
    this.total -= weight;
    const left = (this.weights.get(part.owner) ?? 0) - weight;
    if (left > 0) this.weights.set(part.owner, left);
    else this.weights.delete(part.owner);
    for (const [waiting, goOn] of this.waiting) if (this.hasRoom(waiting)) goOn();
  }

  get isBusy(): boolean {
    return this.total > BUSY * this.max;
  }

  hasRoom(part: Part): boolean {
    if (this.total <= this.max) return true;
    const [oldest] = this.parts;
    return part === oldest || (this.weights.get(part.owner) ?? 0) <= this.max / this.weights.size;
  }

  /** @throws OVERLOADED when there is no room in time, or nobody asks any more */
  async wait(part: Part): Promise<void> {
    const { meter } = part.caller.stytch;
    if (meter.aborted || this.total > CROWDED * this.max) throw this.refusal();
    const { promise, resolve, reject } = withResolvers();
    const leave = () => reject(this.refusal());
    const timer = setTimeout(leave, PATIENCE_MS);
    const forget = meter.onAbort(leave);
    this.waiting.set(part, resolve);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      forget();
      this.waiting.delete(part);
    }
  }

  private refusal(): Failure {
    this.onRefused();
    return new Failure(
      "OVERLOADED",
      "Too many large answers are being made. This one is left out; where it is a mutation's, only its lists are, and the mutation was done. Wait, then ask for what is missing.",
      { retryAfterSeconds: RETRY_AFTER_SECONDS },
    );
  }
}

/** `Promise.withResolvers` is not in Node 20. */
function withResolvers() {
  let resolve: () => void = () => undefined;
  let reject: (reason: Failure) => void = () => undefined;
  const promise = new Promise<void>((...settle) => {
    [resolve, reject] = settle;
  });
  return { promise, resolve, reject };
}

/** One answer's part of what is in work. */
export class Part {
  private readonly number: number;
  private weight = 0;
  private isOver = false;
  private name: string | undefined;
  private waits: Promise<void> | undefined;

  constructor(
    private readonly inWork: InWork,
    readonly caller: Caller,
  ) {
    this.number = inWork.nextNumber();
  }

  get owner(): string {
    this.name ??= this.caller.name;
    return this.name;
  }

  /** Why nothing more of it is to be made, once nobody waits for it. */
  get abandoned(): Failure | null {
    return this.caller.stytch.meter.aborted ? new Failure("UPSTREAM_UNAVAILABLE", "Whoever asked has gone.") : null;
  }

  grow(weight: number): void {
    if (weight <= SMALL || this.isOver) return;
    this.inWork.add(this, weight - this.weight);
    this.weight = weight;
  }

  nextTurn(who: object, work: () => void): void {
    this.inWork.turns.next(this.owner, { who, number: this.number, work });
  }

  get takesTurns(): boolean {
    return this.inWork.isBusy;
  }

  isTurnOf(who: object): boolean {
    return this.inWork.turns.isOf(who);
  }

  /** When it may grow further; `undefined`: at once. @throws OVERLOADED */
  room(): Promise<void> | undefined {
    if (this.waits || this.weight === 0 || this.inWork.hasRoom(this)) return this.waits;
    this.waits = this.inWork.wait(this);
    // Who was refused once stays refused.
    const goOn = () => {
      this.waits = undefined;
    };
    this.waits.then(goOn, () => undefined);
    return this.waits;
  }

  /** The answer is text at the end of this turn of the event loop, or there is none. */
  end(): void {
    this.isOver = true;
    if (this.weight > 0) setImmediate(() => this.inWork.remove(this, this.weight));
  }
}
