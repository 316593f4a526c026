export type Clock = () => Date;

/** The emulator's time: that of another clock, moved. It keeps running. */
export interface AdjustableClock {
  readonly now: Clock;
  advance(milliseconds: number): void;
  set(moment: Date): void;
  /** Back to the other clock's time. */
  reset(): void;
}

export function createClock(base: Clock): AdjustableClock {
  let offset = 0;
  return {
    now: () => new Date(base().getTime() + offset),
    advance: (milliseconds) => {
      offset += milliseconds;
    },
    set: (moment) => {
      offset = moment.getTime() - base().getTime();
    },
    reset: () => {
      offset = 0;
    },
  };
}
