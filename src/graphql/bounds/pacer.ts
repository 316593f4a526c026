import type { Part } from "./in-work";

/**
 * Lets work of a given weight pass in each turn of the event loop, and the rest in later turns, in order: between two of
 * them everybody else is served. Whoever waits is bounded by what made it wait, an answer's objects.
 */
export class Pacer {
  private spent = 0;
  private isTurning = false;
  private readonly waiting: { weight: number; pass: () => void }[] = [];

  constructor(
    private readonly perTurn: number,
    private readonly part: Part,
  ) {}

  /** `undefined`: go on at once. A large answer's work passes only in a turn that is its own. */
  pass(weight: number, isLarge: boolean): Promise<void> | undefined {
    if (!this.isTurning && this.spent + weight <= this.perTurn && (!isLarge || this.part.isTurnOf(this))) {
      this.spent += weight;
      return undefined;
    }
    return new Promise((pass) => {
      this.waiting.push({ weight, pass });
      this.turnLater();
    });
  }

  private turnLater(): void {
    if (this.isTurning) return;
    this.isTurning = true;
    this.part.nextTurn(this, () => this.turn());
  }

  private turn(): void {
    this.isTurning = false;
    this.spent = 0;
    let passing = 0;
    for (const { weight } of this.waiting) {
      if (this.spent > 0 && this.spent + weight > this.perTurn) break;
      this.spent += weight;
      passing += 1;
    }
    for (const { pass } of this.waiting.splice(0, passing)) pass();
    if (this.waiting.length > 0) this.turnLater();
  }
}
