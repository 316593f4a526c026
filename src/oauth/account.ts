import type { Policy } from "stytch";
import type { Caller, OwnRecords } from "../caller/caller";
import type { Person } from "../caller/identity";
import { Failure } from "../failure";
import type { Grants } from "../ledger/grants";
import type { Listings } from "../marketplace/listings";
import { isConnectedAppId } from "../stytch/ids";
import { revokeAccess } from "./revoke";

/** One app that a Member gave access to. */
export interface ConnectedApp {
  id: string;
  name: string;
  logoUrl: string | null;
  scopes: { scope: string; description: string }[];
  /** `null` when it was given elsewhere, or when the ledger is away. */
  grantedAt: Date | null;
  /** From its listing. */
  supportUrl: string | null;
}

/** What people see and take back of their own: nobody's else, whatever their roles. */
export interface Account {
  self(caller: Caller): Promise<OwnRecords>;
  /** One `members.getConnectedApps`, one `rbac.policy`, one read of the ledger. */
  apps(caller: Caller): Promise<ConnectedApp[]>;
  /** One revocation. `false` when the app had no access any more. */
  takeBack(caller: Caller, appId: string): Promise<boolean>;
  /** Until when tokens that were issued before `now` may still be accepted; `null` when it is not known. */
  tokensValidUntil(caller: Caller, appId: string, now: Date): Promise<Date | null>;
  /** What an app is called that is on no list any more; empty when that is not known. */
  nameOf(caller: Caller, appId: string): Promise<string>;
}

/** Support addresses of listed apps, by app. */
export type SupportOf = (appIds: readonly string[]) => Promise<ReadonlyMap<string, string>>;

/** Of published listings; a withdrawn one speaks for nobody. */
export const createSupportOf =
  (listings: Pick<Listings, "byApps">): SupportOf =>
  async (appIds) =>
    new Map(
      [...(await listings.byApps(appIds))].flatMap(([id, { status, texts }]) =>
        status === "PUBLISHED" && texts.supportUrl ? [[id, texts.supportUrl] as const] : [],
      ),
    );

export function createAccount(grants: Grants, supportOf: SupportOf): Account {
  return {
    async self(caller) {
      const own = await caller.self();
      if (!own) throw signedOut();
      return own;
    },

    async apps(caller) {
      const person = personOf(caller);
      const { organizationId, memberId } = person;
      const [{ connected_apps }, policy] = await Promise.all([
        // With the Member's session even for an operator, who sees here what any Member sees.
        caller.stytch.listMemberApps(organizationId, memberId, person.session),
        policyOf(caller),
      ]);
      const ids = connected_apps.map(({ connected_app_id }) => connected_app_id);
      const keys = ids.map((connectedAppId) => ({ organizationId, memberId, connectedAppId }));
      // Neither is worth an error page.
      const [given, support] = await Promise.all([
        grants.of(keys).catch(orElse([])),
        supportOf(ids).catch(orElse(new Map<string, string>())),
      ]);
      return connected_apps.map(({ connected_app_id: id, name, logo_url, scopes_granted }, index) => ({
        id,
        name,
        logoUrl: logo_url ?? null,
        scopes: scopes_granted
          .split(" ")
          .filter(Boolean)
          .map((scope) => ({ scope, description: descriptionOf(policy, scope) })),
        grantedAt: given[index]?.grantedAt ?? null,
        supportUrl: support.get(id) ?? null,
      }));
    },

    async takeBack(caller, appId) {
      const { organizationId, memberId } = personOf(caller);
      if (!isConnectedAppId(appId)) throw new Failure("BAD_USER_INPUT", "The form names no app.");
      try {
        await revokeAccess(caller, { organizationId, memberId, connectedAppId: appId });
        return true;
      } catch (error) {
        if (error instanceof Failure && error.isStytch("connected_app_not_found")) return false;
        throw error;
      }
    },

    async tokensValidUntil(caller, appId, now) {
      const minutes = await clientOf(caller, appId).then((client) => client?.access_token_expiry_minutes);
      return minutes === undefined ? null : new Date(now.getTime() + minutes * 60_000);
    },

    nameOf: async (caller, appId) => (await clientOf(caller, appId))?.client_name ?? "",
  };
}

const signedOut = () => new Failure("UNAUTHENTICATED", "You are signed out.");

function personOf({ person }: Caller): Person {
  if (!person) throw signedOut();
  return person;
}

/** With the project's credentials: for what any Member may know who has, or had, the app. */
const clientOf = ({ stytch }: Caller, appId: string) =>
  stytch
    .getClient(appId)
    .then(({ connected_app }) => connected_app)
    .catch(orElse(null));

const policyOf = ({ stytch }: Caller): Promise<Policy | undefined> =>
  stytch
    .getPolicy()
    .then(({ policy }) => policy)
    .catch(orElse(undefined));

const descriptionOf = (policy: Policy | undefined, scope: string): string =>
  policy?.scopes.find((known) => known.scope === scope)?.description ?? "";

const orElse =
  <T>(value: T) =>
  (error: unknown): T => {
    if (error instanceof Failure) return value;
    throw error;
  };
