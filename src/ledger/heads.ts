import type { Logger } from "../logger";
import type { Head } from "./chain";
import { HEAD_MESSAGE } from "./logged-heads";

/** Events after which the heads are written to the log at once, and chains that may wait for their line. */
const EVERY_EVENTS = 500;
const MAX_CHAINS = 500;

export interface HeadLog {
  note(heads: readonly Head[], events: number): void;
  /** One line for each chain that moved since the last time. */
  write(): void;
}

/**
 * A chain cannot show that its end was cut off together with its head: an old copy of the file. The log can, so these lines
 * are written whatever its level: unlike all others they are evidence and not a matter of taste.
 */
export function createHeadLog(logger: Logger): HeadLog {
  const log = logger.child({}, { level: "info" });
  const moved = new Map<string, Head>();
  let events = 0;
  const write = () => {
    for (const { chain, position, hash } of moved.values()) log.info({ chain, position, hash }, HEAD_MESSAGE);
    moved.clear();
    events = 0;
  };
  return {
    note(heads, count) {
      for (const head of heads) {
        // Commits of one process are told in order.
        moved.set(head.chain, head);
      }
      events += count;
      if (events >= EVERY_EVENTS || moved.size >= MAX_CHAINS) write();
    },
    write,
  };
}
