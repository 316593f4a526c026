import { type Actor, toActorKind } from "./event";
import type { ClientSecretRow } from "./schema";

export interface Rotation {
  id: string;
  startedAt: Date;
  startedBy: Actor;
  /** When the gateway completes it by itself; `null` without a clock. */
  completeAfter: Date | null;
  /** Of the secret that it made. `null`, here and below: started by a version that did not keep it. */
  nextLastFour: string | null;
}

/**
 * What is known about a client's secret. Secrets made, and rotations opened, elsewhere are not known, and Stytch may have
 * such by now: `openRotation` and `madeAt` compare.
 */
export interface SecretRecord {
  createdAt: Date | null;
  /** Of the secret that was made then. */
  lastFour: string | null;
  rotation: Rotation | null;
}

/** Last four characters of a client's secrets, as Stytch tells them now. */
export interface SecretNow {
  lastFour: string | null;
  nextLastFour: string | null;
}

/** The rotation that is open at Stytch, when it is the one that was started here. */
export function openRotation<R extends Pick<Rotation, "nextLastFour">>(rotation: R | null, now: SecretNow): R | null {
  if (!rotation || !now.nextLastFour) return null;
  return rotation.nextLastFour === null || rotation.nextLastFour === now.nextLastFour ? rotation : null;
}

/** Since when there is the secret that is the current one at Stytch. Its rotation may have been completed elsewhere. */
export function madeAt({ createdAt, lastFour, rotation }: SecretRecord, now: SecretNow): Date | null {
  if (rotation && rotation.nextLastFour !== null && rotation.nextLastFour === now.lastFour) return rotation.startedAt;
  return lastFour === null || lastFour === now.lastFour ? createdAt : null;
}

export const toSecretRecord = (row: ClientSecretRow): SecretRecord => ({
  createdAt: row.created_at === null ? null : new Date(row.created_at),
  lastFour: row.last_four,
  rotation: toRotation(row),
});

export function toRotation(row: ClientSecretRow): Rotation | null {
  if (row.rotation_id === null || row.started_at === null) return null;
  return {
    id: row.rotation_id,
    startedAt: new Date(row.started_at),
    startedBy: { kind: toActorKind(row.started_by_kind ?? ""), id: row.started_by_id },
    completeAfter: row.complete_after === null ? null : new Date(row.complete_after),
    nextLastFour: row.next_last_four,
  };
}
