/**
 * One after the other, each in a turn of the event loop of its own: between two of them everybody else is served, however
 * many large answers are made at once. Whoever waits is bounded by what made it wait, an answer in work.
 */
export class Turns {
  private readonly waiting: { who: object; work: () => void }[] = [];
  private isTurning = false;
  /** Whose turn it is, until the next one begins. */
  private current: object | undefined;

  isOf(who: object): boolean {
    return this.current === who;
  }

  next(who: object, work: () => void): void {
    this.waiting.push({ who, work });
    if (this.isTurning) return;
    this.isTurning = true;
    setImmediate(() => this.turn());
  }

  private turn(): void {
    const first = this.waiting.shift();
    this.current = first?.who;
    this.isTurning = first !== undefined;
    if (!first) return;
    setImmediate(() => this.turn());
    first.work();
  }
}
