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
  /** What this Member gave this app through this gateway, and has not taken back here. */
  grantedBefore: { at: Date; scopes: readonly string[] } | undefined;
  /** What the app's published listing says of its maker; `null` without one, `undefined` when it could not be read. */
  listing: ListingFacts | null | undefined;
}

export type ListingFacts = Pick<
  ListingRecord["texts"],
  "publisherName" | "publisherUrl" | "privacyPolicyUrl" | "termsUrl"
>;

/** At most one `clients.get` for an app in the life of the process, none for the marketplace's own; one read of the ledger. */
export type BackgroundOf = (caller: Caller, pending: PendingConsent) => Promise<Background>;

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

  return async (caller, pending) => {
    const { client, member, organization } = pending;
    const key = {
      organizationId: organization.organization_id,
      memberId: member.member_id,
      connectedAppId: client.client_id,
    };
    const [selfRegistered, before, listing] = await Promise.all([
      isSelfRegistered(caller, client).catch(orUndefined),
      grants
        .of([key])
        .then(([grant]) => grant ?? undefined)
        .catch(orUndefined),
      listings
        .byApps([client.client_id])
        .then((found) => factsOf(found.get(client.client_id)))
        .catch(orUndefined),
    ]);
    return { selfRegistered, grantedBefore: before && { at: before.grantedAt, scopes: before.scopes }, listing };
  };
}

const factsOf = (listing: ListingRecord | undefined): ListingFacts | null =>
  listing?.status === "PUBLISHED" ? listing.texts : null;

function orUndefined(error: unknown): undefined {
  if (!(error instanceof Failure)) throw error;
  return undefined;
}
