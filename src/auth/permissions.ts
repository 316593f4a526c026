import { GatewayError } from "../errors";
import type { Viewer } from "./viewer";

/** Scopes of an operator service's M2M token. An operator person holds all of them. */
export const OPERATOR_SCOPES = ["read:marketplace", "manage:clients", "manage:authorizations"] as const;
export type OperatorScope = (typeof OPERATOR_SCOPES)[number];

/**
 * What a field asks of its caller. `member` rules let any Member in, because Stytch decides the rest from the session
 * that the call carries; `operator` rules guard what Stytch cannot (client records know no session).
 */
export const RULES = {
  read: { member: true, scopes: ["read:marketplace"] },
  "read:registrations": { member: false, scopes: ["read:marketplace", "manage:clients"] },
  "read:everything": { member: false, scopes: ["read:marketplace"] },
  "manage:clients": { member: false, scopes: ["manage:clients"] },
  "manage:authorizations": { member: true, scopes: ["manage:authorizations"] },
} as const satisfies Record<string, { member: boolean; scopes: readonly OperatorScope[] }>;
export type Rule = keyof typeof RULES;

export function isAllowed(viewer: Viewer, rule: Rule): boolean {
  const { member, scopes } = RULES[rule];
  if (viewer.kind === "member" && !viewer.isOperator) return member;
  return scopes.some((scope) => viewer.scopes.includes(scope));
}

/** @throws UNAUTHENTICATED without a viewer, FORBIDDEN when the rule does not let this one in. */
export function requireAllowed(viewer: Viewer | null, rule: Rule): asserts viewer is Viewer {
  if (!viewer) throw new GatewayError("UNAUTHENTICATED", "Sign in first: send a session or an M2M access token.");
  if (isAllowed(viewer, rule)) return;
  const scopes = RULES[rule].scopes.join(" or ");
  throw new GatewayError(
    "FORBIDDEN",
    viewer.kind === "service" ? `This needs the scope ${scopes}.` : "Only operators of this marketplace may do this.",
  );
}

/** Stytch's built-in role. In the operator's Organization it makes a Member an operator. */
export const ADMIN_ROLE = "stytch_admin";

/** RBAC resource and action that let a Member read the Connected Apps of other Members (stytch-api 9.4). */
export const READ_OTHER_MEMBERS_APPS = { resource_id: "stytch.member", action: "get.connected-apps" } as const;

/**
 * Stytch documents no action for the four Connected App policy fields, so we ask about this one before changing them.
 * `stytch_admin` holds it through `*`; a custom role can be given it. (Unconfirmed: name chosen here.)
 */
export const UPDATE_CONNECTED_APP_POLICY = {
  resource_id: "stytch.organization",
  action: "update.settings.connected-apps",
} as const;
