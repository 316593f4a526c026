import type { Caller } from "../../caller/caller";
import { noSuch, refused } from "../../failure";
import type { AuditAction } from "../../ledger/event";
import type { Deed } from "../../ledger/recorder";
import { isConnectedAppId } from "../../stytch/ids";

/**
 * A client's id, before it goes into a path of Stytch's API. What cannot be one is refused and written down as an unknown one
 * is, without the text: it may be a name or a token in the wrong place. @throws Failure NOT_FOUND
 */
export async function checkClientId(caller: Caller, action: AuditAction, clientId: string): Promise<string> {
  return isConnectedAppId(clientId) ? clientId : noSuchClient(caller, { action });
}

/** @throws Failure NOT_FOUND, when it is written down */
export const noSuchClient = (caller: Caller, deed: Deed): Promise<never> =>
  caller.perform(deed, () => Promise.reject(refused([noSuch("connectedApp", "clientId")])));
