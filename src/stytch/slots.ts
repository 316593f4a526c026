import { UpstreamFault } from "./fault";
import type { UpstreamMeter } from "./meter";

/** Half of the process's calls, so that one wide query leaves room for others. */
const MAX_PER_REQUEST = 128;
const QUEUE_PER_SLOT = 4;
/** Told to callers that were refused without a try. */
export const SHED_RETRY_SECONDS = 1;

interface Waiting {
  meter: UpstreamMeter;
  tenant: string;
  /** Whether it takes up room in the queue: not when it waits for its own request's other calls. */
  takesRoom: boolean;
  start(): void;
  refuse(fault: UpstreamFault): void;
}

/**
 * Bounds what runs and what waits. Tenants that wait take turns; in a full queue, the tenant with most calls in it gives
 * way. A request's calls beyond its own bound wait as well, and are bounded by what the request may cost.
 */
export class Slots {
  #running = 0;
  #waiting = 0;
  /** In the order of their next turn. */
  readonly #queues = new Map<string, Waiting[]>();

  constructor(private readonly max: number) {}

  /** @throws UpstreamFault when the work was not begun: no turn before `endsAt`, no room to wait, nobody asks any more */
  async run<T>(meter: UpstreamMeter, endsAt: number, work: () => Promise<T>): Promise<T> {
    if (this.#running < this.max && meter.underWay < MAX_PER_REQUEST) this.#take(meter);
    else await this.#wait(meter, endsAt);
    try {
      return await work();
    } finally {
      this.#running -= 1;
      meter.underWay -= 1;
      this.#startNext();
    }
  }

  #take(meter: UpstreamMeter): void {
    this.#running += 1;
    meter.underWay += 1;
  }

  #wait(meter: UpstreamMeter, endsAt: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const settled = () => {
        clearTimeout(timer);
        forget();
      };
      const takesRoom = meter.underWay < MAX_PER_REQUEST;
      const waiting: Waiting = {
        meter,
        tenant: meter.tenant,
        takesRoom,
        start: () => {
          settled();
          this.#take(meter);
          resolve();
        },
        refuse: (fault) => {
          settled();
          reject(fault);
        },
      };
      const leave = (fault: UpstreamFault) => {
        this.#remove(waiting);
        waiting.refuse(fault);
      };
      const timer = setTimeout(
        () => leave(new UpstreamFault("late", { sent: false, cause: "queue" })),
        endsAt - performance.now(),
      );
      const forget = meter.onAbort(() => leave(new UpstreamFault("abandoned", { sent: false, cause: "client gone" })));
      if (takesRoom && this.#waiting >= this.max * QUEUE_PER_SLOT && !this.#makeRoom(meter)) {
        return waiting.refuse(shed());
      }
      if (takesRoom) this.#waiting += 1;
      const queue = this.#queues.get(meter.tenant);
      if (queue) queue.push(waiting);
      else this.#queues.set(meter.tenant, [waiting]);
    });
  }

  /** Takes the place of the newest call of the tenant that has most of them waiting, if that is not the new one's. */
  #makeRoom({ tenant }: UpstreamMeter): boolean {
    let longest: Waiting[] = [];
    for (const queue of this.#queues.values()) if (queue.length > longest.length) longest = queue;
    const last = longest.at(-1);
    if (!last || longest.length <= (this.#queues.get(tenant)?.length ?? 0) + 1) return false;
    this.#remove(last);
    last.refuse(shed());
    return true;
  }

  #startNext(): void {
    for (const [tenant, queue] of this.#queues) {
      const next = queue.find(({ meter }) => meter.underWay < MAX_PER_REQUEST);
      if (!next) continue;
      this.#remove(next);
      // Its next turn comes after all others'.
      if (this.#queues.delete(tenant) && queue.length > 0) this.#queues.set(tenant, queue);
      next.start();
      return;
    }
  }

  #remove(waiting: Waiting): void {
    const { tenant, takesRoom } = waiting;
    const queue = this.#queues.get(tenant);
    const index = queue?.indexOf(waiting) ?? -1;
    if (!queue || index < 0) return;
    queue.splice(index, 1);
    if (takesRoom) this.#waiting -= 1;
    if (queue.length === 0) this.#queues.delete(tenant);
  }
}

const shed = () => new UpstreamFault("shed", { sent: false, cause: "queue", retryAfterSeconds: SHED_RETRY_SECONDS });
