import { Failure } from "../failure";
import { digest, isAsWanted } from "../ledger/digest";
import { boundScopes } from "../ledger/event";
import type { GrantKey } from "../ledger/grants";
import type { Ledger } from "../ledger/open";
import type { OpenOperation, Result } from "../ledger/operation";
import { type Deed, effectsOf } from "../ledger/recorder";
import { openRotation, type SecretRecord } from "../ledger/secret-record";
import type { Marketplace } from "../marketplace/marketplace";
import { outcomeOf } from "../marketplace/outcome";
import { allowsOf } from "../marketplace/policy";
import { isConnectedAppId } from "../stytch/ids";
import { lastFoursOf } from "../stytch/last-fours";
import type { ClientRecord, StytchReads } from "../stytch/reads";

/** Pages of a thousand clients that are looked through for one that was made. */
const MAX_PAGES = 10;

/** With what else the ledger keeps of it. */
type Settled = Result & Pick<Deed, "detail">;

const DONE: Settled = { outcome: "DONE" };
const NOT_DONE: Settled = { outcome: "FAILED", code: "NOT_DONE" };

/**
 * What became of an operation that a crash, or a lost answer, left open: read from Stytch, with the project's
 * credentials. `null` where nobody can tell. @throws when Stytch cannot be asked now
 */
export function createSettle(
  stytch: () => StytchReads,
  ledger: Pick<Ledger, "grants" | "rotations">,
  marketplace: Pick<Marketplace, "listings" | "appRequests" | "shelf">,
): (operation: OpenOperation) => Promise<Result | null> {
  async function settle(operation: OpenOperation): Promise<Settled | null> {
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
        return rotationStarted(await clientOf(connectedAppId), operation);
      case "SECRET_ROTATION_COMPLETED":
      case "SECRET_ROTATION_CANCELLED":
        return rotationEnded(await clientOf(connectedAppId), operation);
      case "AUTHORIZATION_GRANTED":
      case "AUTHORIZATION_REVOKED": {
        // Lists name an app by its id alone. One that Stytch itself called by another name is not to be found there.
        if (!organizationId || !memberId || !connectedAppId || !isConnectedAppId(connectedAppId)) return null;
        const granted = await grantOf(organizationId, memberId, connectedAppId);
        if (action === "AUTHORIZATION_REVOKED") return granted ? NOT_DONE : DONE;
        if (!granted) return NOT_DONE;
        return authorizationGranted(granted, { organizationId, memberId, connectedAppId }, operation);
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
  async function created({ name, clientType }: OpenOperation["facts"]): Promise<Settled | null> {
    const reads = stytch();
    const found = new Map<string, string | undefined>();
    let cursor: string | undefined;
    for (let page = 0; page < MAX_PAGES; page++) {
      const { connected_apps, results_metadata } = await reads.searchClients({
        limit: 1000,
        ...(cursor && { cursor }),
      });
      for (const { client_id, client_name, client_type, client_secret_last_four } of connected_apps) {
        if (digest(client_name) === name && client_type === clientType) found.set(client_id, client_secret_last_four);
      }
      cursor = results_metadata.next_cursor || undefined;
      if (!cursor) break;
    }
    // What was left out of an odd answer may be the app: asked again later.
    if (reads.meter.leftOut.size > 0) throw new Failure("UPSTREAM_UNAVAILABLE");
    const known = await ledger.rotations.of([...found.keys()]);
    const [only, ...others] = [...found.keys()].filter((id) => !known.has(id));
    if (only === undefined) return cursor ? null : NOT_DONE;
    if (others.length > 0) return null;
    return { ...DONE, target: { connectedAppId: only }, detail: { secretLastFour: found.get(only) } };
  }

  const updated = (client: ClientRecord | null, facts: OpenOperation["facts"]): Settled =>
    client && isAsWanted(client, facts) ? DONE : NOT_DONE;

  const secretOf = async ({ target }: OpenOperation): Promise<SecretRecord | undefined> =>
    (await ledger.rotations.of([target.connectedAppId ?? ""])).get(target.connectedAppId ?? "");

  /**
   * Nobody got the next secret, since it was in the answer alone. So this rotation gets no time at which the old one ends:
   * somebody cancels it, or sets a time.
   */
  async function rotationStarted(client: ClientRecord | null, operation: OpenOperation): Promise<Settled | null> {
    if (!client?.next_client_secret_last_four) return NOT_DONE;
    const rotation = openRotation((await secretOf(operation))?.rotation ?? null, lastFoursOf(client));
    // The one that is open was started later. Whether this one was cancelled before, or never was, is not to be seen.
    if (rotation && rotation.startedAt >= operation.startedAt) return null;
    return {
      ...DONE,
      changes: [],
      detail: { secretLastFour: client.next_client_secret_last_four, currentLastFour: lastFoursOf(client).lastFour },
    };
  }

  /** Where the ledger knows a secret of the rotation, by which is the current one: somebody else may have ended it the other way. */
  async function rotationEnded(client: ClientRecord | null, operation: OpenOperation): Promise<Settled> {
    if (!client) return DONE;
    const { rotation = null, lastFour = null } = (await secretOf(operation)) ?? {};
    const now = lastFoursOf(client);
    const done: Settled = { ...DONE, detail: { secretLastFour: now.lastFour } };
    if (rotation?.nextLastFour && rotation.nextLastFour === now.lastFour) {
      return operation.action === "SECRET_ROTATION_COMPLETED" ? done : NOT_DONE;
    }
    if (rotation && lastFour && lastFour === now.lastFour && !openRotation(rotation, now)) {
      return operation.action === "SECRET_ROTATION_CANCELLED" ? done : NOT_DONE;
    }
    return now.nextLastFour ? NOT_DONE : done;
  }

  /** Stytch lists the scopes of the last authorization, not which one it was: an equal one from elsewhere looks the same. */
  async function authorizationGranted(
    { scopes_granted, client_type }: { scopes_granted: string; client_type: string },
    key: GrantKey,
    { scopes, startedAt, facts }: OpenOperation,
  ): Promise<Settled | null> {
    const isWanted = hasSameScopes(boundScopes(scopes_granted.split(" ")), scopes ?? []);
    const [known] = await ledger.grants.of([key]);
    // A later consent took its place.
    if (!isWanted) return known && known.updatedAt >= startedAt ? null : NOT_DONE;
    const isFromAnother = known ? hasSameScopes(known.scopes, scopes ?? []) : facts.wasGranted === true;
    return isFromAnother ? null : { ...DONE, detail: { clientType: client_type } };
  }

  async function grantOf(organizationId: string, memberId: string, connectedAppId: string) {
    const list = await orNull(stytch().listMemberApps(organizationId, memberId, null));
    return list?.connected_apps.find(({ connected_app_id }) => connected_app_id === connectedAppId);
  }

  async function policyUpdated(organizationId: string, { facts }: OpenOperation): Promise<Settled> {
    const organization = (await orNull(stytch().getOrganization(organizationId)))?.organization;
    if (!organization || !isAsWanted(organization, facts)) return NOT_DONE;
    return { ...DONE, detail: { allows: allowsOf(organization) } };
  }

  return async (operation) => {
    const { detail = {}, ...result } = (await settle(operation)) ?? { outcome: null };
    if (result.outcome === null) return null;
    if (result.outcome !== "DONE") return result;
    const deed = {
      action: operation.action,
      ...operation.target,
      ...result.target,
      scopes: operation.scopes ?? [],
      detail,
    };
    return { ...result, effects: effectsOf(ledger, definedOnly(deed), operation) };
  };
}

const hasSameScopes = (some: readonly string[], others: readonly string[]): boolean =>
  [...new Set(some)].sort().join(" ") === [...new Set(others)].sort().join(" ");

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
