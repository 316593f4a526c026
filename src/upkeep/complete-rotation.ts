import { randomUUID } from "node:crypto";
import { Failure } from "../failure";
import type { Ledger } from "../ledger/open";
import type { Effect } from "../ledger/operation";
import type { DueRotation } from "../ledger/rotations";
import { openRotation } from "../ledger/secret-record";
import { lastFoursOf } from "../stytch/last-fours";
import type { StytchReads } from "../stytch/reads";
import type { StytchClient } from "../stytch/stytch";

const GATEWAY = { kind: "GATEWAY", id: null } as const;

/**
 * Ends the old secret of a rotation whose time has come. Nothing is done when a person was faster, here or in Stytch's
 * dashboard, nor to another rotation that was opened there meanwhile. @throws when it has to be tried again
 */
export function createCompleteRotation(
  stytch: () => StytchClient,
  { operations, rotations, store }: Pick<Ledger, "operations" | "rotations" | "store">,
): (due: DueRotation) => Promise<void> {
  const apply = (effect: Effect) => store.write(effect);

  return async function complete(due) {
    const { connectedAppId, id } = due;
    const completed = (lastFour: string | null) => rotations.completed(connectedAppId, { rotationId: id, lastFour });
    const now = await readLastFours(stytch().reads, connectedAppId);
    if (!now || !openRotation(due, now)) {
      const isCompleted = due.nextLastFour !== null && now?.lastFour === due.nextLastFour;
      return apply(isCompleted ? completed(now.lastFour) : rotations.cancelled(connectedAppId, { rotationId: id }));
    }
    const { reads, writes } = stytch();
    const operation = await operations.begin({
      action: "SECRET_ROTATION_COMPLETED",
      actor: GATEWAY,
      target: { connectedAppId },
      requestId: randomUUID(),
    });
    try {
      if (!(await rotations.stillMine(due))) {
        await operations.finish(operation, { outcome: "FAILED", code: "TAKEN_OVER" });
        return;
      }
      const { connected_app } = await writes.completeSecretRotation(connectedAppId);
      await operations.finish(operation, {
        outcome: "DONE",
        stytchRequestIds: reads.meter.stytchRequestIds,
        effects: [completed(lastFoursOf(connected_app).lastFour)],
      });
    } catch (error) {
      const failure = error instanceof Failure ? error : new Failure("INTERNAL_SERVER_ERROR");
      const isOver = failure.isStytch("connected_app_not_rotating_secret");
      await operations.finish(operation, {
        outcome: failure.isOutcomeUnknown ? "UNKNOWN" : isOver ? "REFUSED" : "FAILED",
        code: isOver ? "ROTATION_NOT_STARTED" : failure.code,
        stytchRequestIds: reads.meter.stytchRequestIds,
        effects: isOver ? [rotations.cancelled(connectedAppId, { rotationId: id })] : [],
      });
      if (!isOver) throw error;
    }
  };
}

async function readLastFours(stytch: StytchReads, connectedAppId: string) {
  try {
    return lastFoursOf((await stytch.getClient(connectedAppId)).connected_app);
  } catch (error) {
    if (error instanceof Failure && error.isStytch("connected_app_not_found")) return null;
    throw error;
  }
}
