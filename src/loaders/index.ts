import type { Caller } from "../caller/caller";
import type { Ledger } from "../ledger/open";
import type { Marketplace } from "../marketplace/marketplace";
import { createAppRequestReads } from "./app-requests";
import { createApps } from "./apps";
import { createAuthorizations } from "./authorizations";
import { createListingReads } from "./listings";
import { createMembers } from "./members";
import { createOrganizations } from "./organizations";
import { createRecords } from "./records";
import { createScopes } from "./scopes";

export type Loaders = ReturnType<typeof createLoaders>;

/** A fresh set for every request, and again after every write, so that no answer is older than the change before it. */
export function createLoaders(caller: Caller, ledger: Ledger, marketplace: Marketplace) {
  const organizations = createOrganizations(caller);
  const apps = createApps(caller);
  return {
    organizations,
    members: createMembers(caller, organizations),
    apps,
    authorizations: createAuthorizations(caller, apps),
    records: createRecords(caller, ledger),
    scopes: createScopes(caller),
    listings: createListingReads(caller, marketplace.listings),
    appRequests: createAppRequestReads(caller, marketplace.appRequests),
  };
}
