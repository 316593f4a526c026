import { boundScopes, cleanId } from "./event";
import type { Effect } from "./operation";
import type { GrantRow } from "./schema";
import type { Store, Unit } from "./store";

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
  granted(key: GrantKey, scopes: readonly string[], given?: Given): Effect;
  revoked(key: GrantKey): Effect;
  /** All grants of an app that is gone. */
  appDeleted(connectedAppId: string): Effect;
  /** An Organization's new policy ended, for good, the grants of all apps that it leaves out. */
  policyChanged(organizationId: string, allows: Allows): Effect;
}

export interface Given {
  /** The moment of the transaction when left out. */
  at?: Date | undefined;
  clientType?: string | undefined;
}

/** Whether a policy allows an app of this type. */
export type Allows = (connectedAppId: string, clientType: string) => boolean;
/** An app whose type is not known counts as allowed when it would be as either: no time is better than a wrong one. */
const KINDS = ["first_party", "third_party"];

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
      ({ organizationId, memberId, connectedAppId }, scopes, { at, clientType } = {}) =>
      async ({ trx, now }) => {
        const since = at?.getTime() ?? now;
        const row = {
          organization_id: cleanId(organizationId) ?? "",
          member_id: cleanId(memberId) ?? "",
          app_id: cleanId(connectedAppId) ?? "",
          granted_at: since,
          updated_at: since,
          scopes: JSON.stringify(boundScopes(scopes)),
          client_type: clientType || null,
        };
        await trx
          .insertInto("app_grant")
          .values(row)
          .onConflict((conflict) =>
            conflict
              .columns(["organization_id", "member_id", "app_id"])
              .doUpdateSet({ updated_at: since, scopes: row.scopes, client_type: row.client_type })
              // What a crash left open may be settled after a later consent.
              .where("app_grant.updated_at", "<=", since),
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

    appDeleted: (connectedAppId) => (unit) => forgetApp(unit, connectedAppId),

    policyChanged: (organizationId, allows) => async (unit) => {
      if (KINDS.every((kind) => allows("", kind))) return;
      // From app to app by the index: an Organization has few apps, and each may have 100,000 rows.
      for (let after = ""; ; ) {
        const app = await unit.trx
          .selectFrom("app_grant")
          .select(["app_id", "client_type"])
          .where("organization_id", "=", organizationId)
          .where("app_id", ">", after)
          .orderBy("app_id")
          .orderBy("member_id")
          .limit(1)
          .executeTakeFirst();
        if (!app) return;
        const kinds = app.client_type === null ? KINDS : [app.client_type];
        if (!kinds.every((kind) => allows(app.app_id, kind))) await forgetApp(unit, app.app_id, organizationId);
        after = app.app_id;
      }
    },
  };
}

/** In pieces, each behind the last, so that an app of 100,000 Members holds neither the event loop nor others' writes. */
async function forgetApp({ trx }: Unit, appId: string, organizationId?: string): Promise<void> {
  const isHere = organizationId !== undefined;
  for (let after = ""; ; ) {
    const some = await trx
      .selectFrom("app_grant")
      .select("member_id")
      .where("app_id", "=", appId)
      .$if(isHere, (query) => query.where("organization_id", "=", organizationId ?? ""))
      .where("member_id", ">", after)
      .orderBy("member_id")
      .limit(MAX_KEYS)
      .execute();
    const last = some.at(-1);
    if (!last) return;
    await trx
      .deleteFrom("app_grant")
      .where("app_id", "=", appId)
      .$if(isHere, (query) => query.where("organization_id", "=", organizationId ?? ""))
      .where("member_id", ">", after)
      .where("member_id", "<=", last.member_id)
      .execute();
    after = last.member_id;
  }
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
