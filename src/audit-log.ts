import type { AuditActor, Deed, Ended, Recorder } from "./caller/deed";
import type { Logger } from "./logger";

/** Deeds as lines of the log: one each, when it has ended. */
export function createAuditLog(logger: Logger): Recorder {
  const write = (requestId: string, actor: AuditActor, deed: Deed & Partial<Ended>) =>
    logger.info({ requestId, actor, ...deed }, "audit");
  return {
    async intend(deed, actor, requestId) {
      return { ended: async (how) => write(requestId, actor, { ...deed, ...how }) };
    },
    async refused(deed, actor, requestId, code) {
      write(requestId, actor, { ...deed, outcome: "REFUSED", code, stytchRequestIds: [] });
    },
  };
}
