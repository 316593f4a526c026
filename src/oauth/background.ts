import { LRUCache } from "lru-cache";
import type { Caller } from "../caller/caller";
import { Failure } from "../failure";
import type { Grants } from "../ledger/grants";
import type { PendingConsent } from "./consent";

/** What a Member should know before deciding, beside what Stytch says about the request. */
export interface Background {
  /** Nobody at the marketplace has looked at the app; `undefined` when it could not be asked. */
  selfRegistered: boolean | undefined;
  /** What this Member gave this app through this gateway, and has not taken back here. */
  grantedBefore: { at: Date; scopes: readonly string[] } | undefined;
}

/** At most one `clients.get` for an app in the life of the process, none for the marketplace's own; one read of the ledger. */
export type BackgroundOf = (caller: Caller, pending: PendingConsent) => Promise<Background>;

/** Some 2 MB. How an app was registered never changes. */
const MAX_APPS = 10_000;
/** By dynamic registration (RFC 7591), or by a metadata document that its client id names. */
const BY_ITSELF = new Set(["DCR", "CIMD"]);

/** The question is asked even if this cannot be told: `undefined` shows neither a warning nor a reassurance of ours. */
export function createBackground(grants: Grants): BackgroundOf {
  const known = new LRUCache<string, boolean>({ max: MAX_APPS });

  async function isSelfRegistered({ stytch }: Caller, { client_id, client_type }: PendingConsent["client"]) {
    if (client_type.startsWith("first_party")) return false;
    const found = known.get(client_id);
    if (found !== undefined) return found;
    const { connected_app } = await stytch.getClient(client_id);
    const is = BY_ITSELF.has(connected_app.creation_method);
    known.set(client_id, is);
    return is;
  }

  return async (caller, pending) => {
    const { client, member, organization } = pending;
    const key = {
      organizationId: organization.organization_id,
      memberId: member.member_id,
      connectedAppId: client.client_id,
    };
    const [selfRegistered, before] = await Promise.all([
      isSelfRegistered(caller, client).catch(orUndefined),
      grants
        .of([key])
        .then(([grant]) => grant ?? undefined)
        .catch(orUndefined),
    ]);
    return { selfRegistered, grantedBefore: before && { at: before.grantedAt, scopes: before.scopes } };
  };
}

function orUndefined(error: unknown): undefined {
  if (!(error instanceof Failure)) throw error;
  return undefined;
}
