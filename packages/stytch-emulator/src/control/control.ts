import type { AdjustableClock } from "../clock";
import type { Seeded } from "../seed/seed";
import type { Settings } from "../settings";
import type { State } from "../state/state";
import type { Faults } from "../wire/faults";
import type { RequestLog } from "../wire/request-log";

/** What a test may reach into, over HTTP and from the same process. */
export interface Control {
  readonly projectId: string;
  readonly secret: string;
  readonly url: string;
  readonly state: State;
  readonly clock: AdjustableClock;
  readonly settings: Settings;
  readonly faults: Faults;
  readonly log: RequestLog;
  /** Ids and secrets of what was seeded; `null` for a seed that is empty or came from a file. */
  seeded(): Seeded | null;
  /** Back to the moment of the start: records, settings, clock, keys, faults and recorded requests. */
  reset(): void;
}
