import { setTimeout as pause } from "node:timers/promises";
import { LRUCache } from "lru-cache";
import type { Caller } from "../caller/caller";
import { Failure } from "../failure";
import type { Grants } from "../ledger/grants";
import type { ListingRecord } from "../marketplace/listing";
import type { Listings } from "../marketplace/listings";
import type { PendingConsent } from "./consent";

/** What a Member should know before deciding, beside what Stytch says about the request. */
export interface Background {
  /** Nobody at the marketplace has looked at the app; `undefined` when it could not be asked. */
  selfRegistered: boolean | undefined;
  /**
   * What this app has from this Member, as Stytch lists it; `at` is null when it was given elsewhere. `undefined` also when
   * it could not be read in time.
   */
  grantedBefore: { at: Date | null; scopes: readonly string[] } | undefined;
  /** What the app's published listing says of its maker; `null` without one, `undefined` when it could not be read. */
  listing: ListingFacts | null | undefined;
}

export type ListingFacts = Pick<
  ListingRecord["texts"],
  "publisherName" | "publisherUrl" | "privacyPolicyUrl" | "termsUrl"
>;

/**
 * One `members.getConnectedApps`, with the Member's session; at most one `clients.get` for an app in the life of the
 * process, none for the marketplace's own; two reads of the ledger.
 */
export type BackgroundOf = (caller: Caller, pending: PendingConsent) => Promise<Background>;

/** Milliseconds that the page waits to say what was granted before. */
const PATIENCE_MS = 1500;
/** Some 2 MB. How an app was registered never changes. */
const MAX_APPS = 10_000;
/** By dynamic registration (RFC 7591), or by a metadata document that its client id names. */
const BY_ITSELF = new Set(["DCR", "CIMD"]);

/** The question is asked even if this cannot be told: `undefined` shows neither a warning nor a reassurance of ours. */
export function createBackground(grants: Grants, listings: Pick<Listings, "byApps">): BackgroundOf {
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

  /** Stytch knows what the app has, also when it was given or revoked elsewhere; only the ledger knows since when. */
  async function findGrant({ stytch, person }: Caller, { client, member, organization }: PendingConsent) {
    const key = {
      organizationId: organization.organization_id,
      memberId: member.member_id,
      connectedAppId: client.client_id,
    };
    if (!person) return undefined;
    const [{ connected_apps }, [grant] = []] = await Promise.all([
      stytch.listMemberApps(key.organizationId, key.memberId, person.session),
      grants.of([key]).catch(orUndefined),
    ]);
    const connected = connected_apps.find(({ connected_app_id }) => connected_app_id === client.client_id);
    return connected && { at: grant?.grantedAt ?? null, scopes: connected.scopes_granted.split(" ").filter(Boolean) };
  }

  return async (caller, pending) => {
    const { client } = pending;
    const [selfRegistered, grantedBefore, listing] = await Promise.all([
      isSelfRegistered(caller, client).catch(orUndefined),
      inTime(findGrant(caller, pending).catch(orUndefined)),
      listings
        .byApps([client.client_id])
        .then((found) => factsOf(found.get(client.client_id)))
        .catch(orUndefined),
    ]);
    return { selfRegistered, grantedBefore, listing };
  };
}

/** What the page can do without does not hold it up. */
async function inTime<T>(answer: Promise<T>): Promise<T | undefined> {
  const ended = new AbortController();
  const late = pause(PATIENCE_MS, undefined, { signal: ended.signal });
  late.catch(() => undefined);
  try {
    return await Promise.race([answer, late]);
  } finally {
    ended.abort();
  }
}

const factsOf = (listing: ListingRecord | undefined): ListingFacts | null =>
  listing?.status === "PUBLISHED" ? listing.texts : null;

function orUndefined(error: unknown): undefined {
  if (!(error instanceof Failure)) throw error;
  return undefined;
}
