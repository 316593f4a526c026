import { contentHash, GENESIS, type Head, linkHash } from "./chain";
import type { AuditEventRow } from "./schema";

/** The first thing that is wrong with a chain, in words. */
export interface Break {
  chain: string;
  position: number;
  reason: string;
}

export type CheckedRow = Omit<AuditEventRow, "erased_at"> & { erased: boolean };

/** Follows one chain link by link. Each method answers with the first break, or `null`. */
export interface ChainCheck {
  readonly position: number;
  readonly hash: string;
  next(row: CheckedRow): Break | null;
  /** What a log line, or the chain's own head, says about a position that was reached just now. */
  compare(head: Head, whose: string): Break | null;
  end(head: Head): Break | null;
}

/** `anchor`: the last event that was pruned, or that comes before an export. */
export function createChainCheck(chain: string, anchor: { position: number; hash: string }): ChainCheck {
  let { position, hash } = anchor;
  const broken = (at: number, reason: string): Break => ({ chain, position: at, reason });
  return {
    get position() {
      return position;
    },
    get hash() {
      return hash;
    },
    next(row) {
      const expected = position + 1;
      if (row.position > expected) return broken(expected, "is missing: it was removed");
      if (row.position < expected) return broken(row.position, "is there twice: an event was added");
      if (!row.erased && contentHash(row) !== row.content_hash)
        return broken(expected, "was changed: its content does not fit its hash");
      if (linkHash(row, hash) !== row.hash) {
        return broken(expected, "does not follow from the event before it: one of them was changed, swapped or added");
      }
      position = row.position;
      hash = row.hash;
      return null;
    },
    compare(head, whose) {
      if (head.position !== position || head.hash === hash) return null;
      return broken(position, `has another hash than ${whose} says: the chain was written anew`);
    },
    end(head) {
      if (head.position > position)
        return broken(position + 1, `is missing: the chain's head is at ${head.position}, so its end was cut off`);
      if (head.position < position || head.hash !== hash)
        return broken(position, "is not what the chain's head says: an event was added, or the head was changed");
      return null;
    },
  };
}

export const START = { position: 0, hash: GENESIS };
