/** Scopes of an operator service's M2M token. An operator person holds all of them. */
export const OPERATOR_SCOPES = ["read:marketplace", "manage:clients", "manage:authorizations"] as const;
export type OperatorScope = (typeof OPERATOR_SCOPES)[number];

/**
 * Those that the scopes of a token give. `read:*` has every resource of its action, as in `m2m.authenticateToken` of
 * Stytch's SDK. A project's tokens may name anything else as well: that is for its other services.
 */
export const operatorScopesOf = (scopes: readonly string[]): OperatorScope[] =>
  OPERATOR_SCOPES.filter((scope) => scopes.includes(scope) || scopes.includes(scope.replace(/:.*/, ":*")));

/**
 * What a field asks of its caller. `member` rules let any Member in, because Stytch decides the rest from the session
 * that the call carries; the others guard what Stytch cannot (client records know no session).
 */
export const RULES = {
  read: { member: true, scopes: ["read:marketplace"] },
  "read:registrations": { member: false, scopes: ["read:marketplace", "manage:clients"] },
  "read:everything": { member: false, scopes: ["read:marketplace"] },
  "manage:clients": { member: false, scopes: ["manage:clients"] },
  "manage:authorizations": { member: true, scopes: ["manage:authorizations"] },
  /** For oneself: operators change the policy instead. */
  "request:apps": { member: true, scopes: [] },
} as const satisfies Record<string, { member: boolean; scopes: readonly OperatorScope[] }>;
export type Rule = keyof typeof RULES;

/** Stytch's built-in role. In the operator's Organization it makes a Member an operator. */
export const ADMIN_ROLE = "stytch_admin";

/** RBAC resource and action that let a Member read the Connected Apps of other Members. */
export const READ_OTHER_MEMBERS_APPS = { resource_id: "stytch.member", action: "get.connected-apps" } as const;

/** RBAC resource and action that let a Member list and read the other Members of its Organization. */
export const SEARCH_MEMBERS = { resource_id: "stytch.member", action: "search" } as const;

/** RBAC resource and action that let a Member take back what other Members granted. */
export const REVOKE_OTHER_MEMBERS_APPS = { resource_id: "stytch.member", action: "revoke.connected-app" } as const;

/**
 * Stytch documents no action for the four Connected App policy fields, so we ask about this one before changing them.
 * `stytch_admin` holds it through `*`; a custom role can be given it. (Unconfirmed: name chosen here.)
 */
export const UPDATE_CONNECTED_APP_POLICY = {
  resource_id: "stytch.organization",
  action: "update.settings.connected-apps",
} as const;
