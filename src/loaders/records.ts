import DataLoader from "dataloader";
import type { Caller } from "../caller/caller";
import { ADMIN_ROLE } from "../caller/rules";
import { Failure, notFound } from "../failure";
import type { AuditEvent } from "../ledger/event";
import { type AuditFilter, type AuditScope, narrowed } from "../ledger/event-pages";
import type { Grant, GrantKey } from "../ledger/grants";
import type { Ledger } from "../ledger/open";
import type { Once } from "../ledger/recorder";
import type { SecretRecord } from "../ledger/secret-record";
import { keysetPage, type Page, type PageArguments } from "./page";

export type Records = ReturnType<typeof createRecords>;

/** What the ledger knows. None of it costs a call of Stytch, but for the question whether a Member is an admin. */
export function createRecords(caller: Caller, ledger: Ledger) {
  /** One query for all authorizations of an answer that come together. */
  const grants = new DataLoader<GrantKey, Grant | null, string>((keys) => ledger.grants.of(keys), {
    cacheKeyFn: ({ organizationId, memberId, connectedAppId }) => `${organizationId}/${memberId}/${connectedAppId}`,
    name: "grant",
  });
  const secrets = new DataLoader<string, SecretRecord | null>(
    async (ids) => {
      const known = await ledger.rotations.of(ids);
      return ids.map((id) => known.get(id) ?? null);
    },
    { name: "secret" },
  );

  /** `stytch_admin` of the Organization as Stytch says now, or an operator who may read. */
  async function mayAudit(organizationId: string): Promise<boolean> {
    caller.require("read");
    if (caller.tenant === null) return true;
    const own = caller.sees(organizationId) ? await caller.self() : null;
    return own?.member.roles.some(({ role_id }) => role_id === ADMIN_ROLE) ?? false;
  }

  async function check(scope: AuditScope): Promise<void> {
    if (scope.of === "all") return caller.require("read:everything");
    if (!caller.sees(scope.organizationId)) throw notFound("Organization");
    if (scope.of === "member" && scope.memberId === caller.person?.memberId) return;
    if (await mayAudit(scope.organizationId)) return;
    throw new Failure("FORBIDDEN", "Reading the audit log of others needs the role stytch_admin.");
  }

  return {
    grant: (key: GrantKey): Promise<Grant | null> => grants.load(key),
    secret: (connectedAppId: string): Promise<SecretRecord | null> => secrets.load(connectedAppId),

    /** Whether this caller has used the key within its 24 hours. */
    isRepeat: (once: Once): Promise<boolean> => ledger.operations.isRepeat(caller.auditActor, once),

    /** Newest first. @throws FORBIDDEN */
    async auditLog(scope: AuditScope, page: PageArguments, filter: AuditFilter): Promise<Page<AuditEvent>> {
      await check(scope);
      // A cursor is a place in what is walked: one chain, or all.
      const walked = Object.values(narrowed(scope, filter.organizationId));
      return keysetPage(`audit:${walked.join(":")}`, page, async (first, after) => {
        const { events, hasMore, cursorOf } = await ledger.events.page(scope, { first, after, filter });
        return { records: events, hasMore, cursorOf };
      });
    },

    /** The end of an Organization's chain. @throws FORBIDDEN */
    async auditHead(organizationId: string) {
      await check({ of: "organization", organizationId });
      return ledger.events.head(organizationId);
    },

    /** `null` as well for those that the caller may not see. */
    async auditEvent(id: string): Promise<AuditEvent | null> {
      const event = await ledger.events.byId(id);
      if (!event || caller.may("read:everything")) return event;
      if (event.organizationId === null || !caller.sees(event.organizationId)) return null;
      const ownId = caller.person?.memberId;
      if (event.memberId === ownId || event.actor.id === ownId) return event;
      return (await mayAudit(event.organizationId)) ? event : null;
    },
  };
}
