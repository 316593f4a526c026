interface Turn {
  /** Who may do more in it. */
  who: object;
  /** Of the answer: lower is older. */
  number: number;
  work: () => void;
}

/**
 * One after the other, each in a turn of the event loop of its own: between two of them everybody else is served, however
 * many large answers are made at once. Callers take turns; of one caller the oldest answer comes first, so that one is ready
 * before the next has grown. What waits is bounded by what made it wait: an answer.
 */
export class Turns {
  /** By caller, in the order of their next turn. */
  private readonly queues = new Map<string, Turn[]>();
  private isTurning = false;
  private current: object | undefined;

  /** Whether this one's turn was the last that began. */
  isOf(who: object): boolean {
    return this.current === who;
  }

  next(owner: string, turn: Turn): void {
    const queue = this.queues.get(owner);
    if (queue) queue.push(turn);
    else this.queues.set(owner, [turn]);
    if (this.isTurning) return;
    this.isTurning = true;
    setImmediate(() => this.begin());
  }

  private begin(): void {
    const turn = this.take();
    this.current = turn?.who;
    this.isTurning = turn !== undefined;
    if (!turn) return;
    setImmediate(() => this.begin());
    turn.work();
  }

  private take(): Turn | undefined {
    const [first] = this.queues;
    if (!first) return undefined;
    const [owner, queue] = first;
    const turn = queue.reduce((oldest, other) => (other.number < oldest.number ? other : oldest));
    queue.splice(queue.indexOf(turn), 1);
    this.queues.delete(owner);
    if (queue.length > 0) this.queues.set(owner, queue);
    return turn;
  }
}
