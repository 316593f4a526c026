import { Failure } from "../failure";
import { digest } from "../ledger/digest";
import { boundScope } from "../ledger/event";
import type { Ledger } from "../ledger/open";
import type { OpenOperation, Result } from "../ledger/operation";
import { effectsOf } from "../ledger/recorder";
import type { Marketplace } from "../marketplace/marketplace";
import { outcomeOf } from "../marketplace/outcome";
import type { ClientRecord, StytchReads } from "../stytch/reads";

/** Pages of a thousand clients that are looked through for one that was made. */
const MAX_PAGES = 10;

const DONE: Result = { outcome: "DONE" };
const NOT_DONE: Result = { outcome: "FAILED", code: "NOT_DONE" };

/**
 * What became of an operation that a crash, or a lost answer, left open: read from Stytch, with the project's
 * credentials. `null` where nobody can tell. @throws when Stytch cannot be asked now
 */
export function createSettle(
  stytch: () => StytchReads,
  ledger: Pick<Ledger, "grants" | "rotations">,
  marketplace: Pick<Marketplace, "listings" | "appRequests" | "shelf">,
): (operation: OpenOperation) => Promise<Result | null> {
  async function settle(operation: OpenOperation): Promise<Result | null> {
    const { action, target, facts } = operation;
    const { connectedAppId, organizationId, memberId } = target;
    switch (action) {
      case "CLIENT_CREATED":
        return created(facts);
      case "CLIENT_UPDATED":
        return updated(await clientOf(connectedAppId), facts);
      case "CLIENT_DELETED":
        if (await clientOf(connectedAppId)) return NOT_DONE;
        if (connectedAppId) await marketplace.shelf.appDeleted(connectedAppId);
        return DONE;
      case "SECRET_ROTATION_STARTED":
        return (await clientOf(connectedAppId))?.next_client_secret_last_four ? DONE : NOT_DONE;
      case "SECRET_ROTATION_COMPLETED":
      case "SECRET_ROTATION_CANCELLED":
        return (await clientOf(connectedAppId))?.next_client_secret_last_four ? NOT_DONE : DONE;
      case "AUTHORIZATION_GRANTED":
      case "AUTHORIZATION_REVOKED": {
        if (!organizationId || !memberId || !connectedAppId) return null;
        const granted = await grantedScopes(organizationId, memberId, connectedAppId);
        if (action === "AUTHORIZATION_REVOKED") return granted ? NOT_DONE : DONE;
        // An app that had a narrower consent before is listed as well.
        return granted && operation.scopes?.every((scope) => granted.includes(scope)) ? DONE : NOT_DONE;
      }
      case "CONNECTED_APP_POLICY_UPDATED":
        return organizationId ? policyUpdated(organizationId, operation) : null;
      case "SECRET_ROTATION_RESCHEDULED":
        // The new time and the outcome are one transaction.
        return NOT_DONE;
      default:
        return outcomeOf(operation, marketplace);
    }
  }

  async function clientOf(id: string | null | undefined): Promise<ClientRecord | null> {
    return id ? ((await orNull(stytch().getClient(id)))?.connected_app ?? null) : null;
  }

  /** By name and type, among those that the ledger has not seen made. Several: nobody can tell which. */
  async function created({ name, clientType }: OpenOperation["facts"]): Promise<Result | null> {
    const reads = stytch();
    const found: string[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < MAX_PAGES; page++) {
      const { connected_apps, results_metadata } = await reads.searchClients({
        limit: 1000,
        ...(cursor && { cursor }),
      });
      for (const { client_id, client_name, client_type } of connected_apps) {
        if (digest(client_name) === name && client_type === clientType) found.push(client_id);
      }
      cursor = results_metadata.next_cursor || undefined;
      if (!cursor) break;
    }
    // What was left out of an odd answer may be the app: asked again later.
    if (reads.meter.leftOut.size > 0) throw new Failure("UPSTREAM_UNAVAILABLE");
    const known = await ledger.rotations.of(found);
    const [only, ...others] = found.filter((id) => !known.has(id));
    if (only === undefined) return cursor ? null : NOT_DONE;
    return others.length > 0 ? null : { outcome: "DONE", target: { connectedAppId: only } };
  }

  function updated(client: ClientRecord | null, facts: OpenOperation["facts"]): Result {
    const isAsWanted =
      client !== null &&
      Object.entries(facts).every(([field, wanted]) => digest(Reflect.get(client, field)) === wanted);
    return isAsWanted ? DONE : NOT_DONE;
  }

  async function grantedScopes(
    organizationId: string,
    memberId: string,
    connectedAppId: string,
  ): Promise<string[] | undefined> {
    const list = await orNull(stytch().listMemberApps(organizationId, memberId, null));
    const app = list?.connected_apps.find(({ connected_app_id }) => connected_app_id === connectedAppId);
    return app?.scopes_granted.split(" ").map(boundScope);
  }

  async function policyUpdated(organizationId: string, { facts }: OpenOperation): Promise<Result> {
    const answer = await orNull(stytch().getOrganization(organizationId));
    const isAsWanted =
      answer !== null &&
      Object.entries(facts).every(([field, wanted]) => digest(Reflect.get(answer.organization, field)) === wanted);
    return isAsWanted ? DONE : NOT_DONE;
  }

  return async (operation) => {
    const result = await settle(operation);
    if (result?.outcome !== "DONE") return result;
    const { completeAfter } = operation.facts;
    const deed = {
      action: operation.action,
      ...operation.target,
      ...result.target,
      scopes: operation.scopes ?? [],
      completeAfter: typeof completeAfter === "number" ? new Date(completeAfter) : null,
    };
    return { ...result, effects: effectsOf(ledger, definedOnly(deed), operation.actor) };
  };
}

const definedOnly = <
  T extends {
    organizationId?: string | null | undefined;
    memberId?: string | null | undefined;
    connectedAppId?: string | null | undefined;
  },
>(
  deed: T,
) => ({
  ...deed,
  organizationId: deed.organizationId ?? null,
  memberId: deed.memberId ?? null,
  connectedAppId: deed.connectedAppId ?? null,
});

async function orNull<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof Failure && error.code === "NOT_FOUND") return null;
    throw error;
  }
}
