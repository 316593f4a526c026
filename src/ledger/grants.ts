import { boundScopes, cleanId } from "./event";
import type { Effect } from "./operation";
import type { GrantRow } from "./schema";
import type { Store } from "./store";

export interface GrantKey {
  organizationId: string;
  memberId: string;
  connectedAppId: string;
}

export interface Grant extends GrantKey {
  /** Since when the app has access without a break. */
  grantedAt: Date;
  /** Of the latest consent. */
  scopes: string[];
  updatedAt: Date;
}

/** When a Member granted an app access through this gateway. Grants made elsewhere are not known. */
export interface Grants {
  /** In the order of `keys`, `null` for those made elsewhere. One query for each 500 keys. */
  of(keys: readonly GrantKey[]): Promise<(Grant | null)[]>;
  /** Consent was given. A second consent keeps the first one's time. */
  granted(key: GrantKey, scopes: readonly string[]): Effect;
  revoked(key: GrantKey): Effect;
  /** All grants of an app that is gone. */
  appDeleted(connectedAppId: string): Effect;
}

const MAX_KEYS = 500;
const nameOf = (organizationId: string, memberId: string, appId: string) => `${organizationId} ${memberId} ${appId}`;
const keyOf = ({ organizationId, memberId, connectedAppId }: GrantKey) =>
  nameOf(organizationId, memberId, connectedAppId);

export function createGrants(store: Store): Grants {
  async function load(keys: readonly GrantKey[]): Promise<GrantRow[]> {
    const members = [...new Set(keys.map(({ memberId }) => memberId))];
    const organizations = [...new Set(keys.map(({ organizationId }) => organizationId))];
    // By the primary key, all apps of each Member: a Member has few, and a list of apps would mislead the planner.
    return store.read((db) =>
      db
        .selectFrom("app_grant")
        .selectAll()
        .where("organization_id", "in", organizations)
        .where("member_id", "in", members)
        .execute(),
    );
  }

  return {
    async of(keys) {
      const found = new Map<string, GrantRow>();
      for (let from = 0; from < keys.length; from += MAX_KEYS) {
        for (const row of await load(keys.slice(from, from + MAX_KEYS))) {
          found.set(nameOf(row.organization_id, row.member_id, row.app_id), row);
        }
      }
      return keys.map((key) => {
        const row = found.get(keyOf(key));
        return row ? toGrant(row) : null;
      });
    },

    granted:
      ({ organizationId, memberId, connectedAppId }, scopes) =>
      async ({ trx, now }) => {
        const row = {
          organization_id: cleanId(organizationId) ?? "",
          member_id: cleanId(memberId) ?? "",
          app_id: cleanId(connectedAppId) ?? "",
          granted_at: now,
          updated_at: now,
          scopes: JSON.stringify(boundScopes(scopes)),
        };
        await trx
          .insertInto("app_grant")
          .values(row)
          .onConflict((conflict) =>
            conflict
              .columns(["organization_id", "member_id", "app_id"])
              .doUpdateSet({ updated_at: row.updated_at, scopes: row.scopes }),
          )
          .execute();
      },

    revoked:
      ({ organizationId, memberId, connectedAppId }) =>
      async ({ trx }) => {
        await trx
          .deleteFrom("app_grant")
          .where("organization_id", "=", organizationId)
          .where("member_id", "=", memberId)
          .where("app_id", "=", connectedAppId)
          .execute();
      },

    // In pieces, so that an app of 100,000 Members does not hold the event loop.
    appDeleted:
      (connectedAppId) =>
      async ({ trx }) => {
        for (;;) {
          const some = await trx
            .selectFrom("app_grant")
            .select("member_id")
            .where("app_id", "=", connectedAppId)
            .limit(MAX_KEYS)
            .execute();
          if (some.length === 0) return;
          const members = some.map(({ member_id }) => member_id);
          await trx
            .deleteFrom("app_grant")
            .where("app_id", "=", connectedAppId)
            .where("member_id", "in", members)
            .execute();
        }
      },
  };
}

function toGrant(row: GrantRow): Grant {
  const scopes: string[] = JSON.parse(row.scopes);
  return {
    organizationId: row.organization_id,
    memberId: row.member_id,
    connectedAppId: row.app_id,
    grantedAt: new Date(row.granted_at),
    updatedAt: new Date(row.updated_at),
    scopes,
  };
}
