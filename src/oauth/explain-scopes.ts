import type { Policy } from "stytch";
import type { CurrentOrganization } from "../stytch/directory";
import type { ClientRecord } from "../stytch/reads";
import { type Finding, shown } from "./explain-url";
import type { AuthorizationParameters } from "./parameters";

/** As Stytch calls it. */
export interface MemberKey {
  organization_id: string;
  member_id: string;
}

/** For whom. Without a Member it is about one who has not connected the app yet. */
export interface Whose {
  member: MemberKey | null;
  organization: CurrentOrganization | null;
}

/** Stytch's own; the others are in the project's RBAC policy. */
const BUILT_IN = ["openid", "profile", "email", "phone", "offline_access", "full_access"];

export const unknownScopes = (scopes: readonly string[], policy: Policy | undefined): string[] => {
  const known = new Set([...BUILT_IN, ...(policy?.scopes ?? []).map(({ scope }) => scope)]);
  return scopes.filter((scope) => !known.has(scope));
};

/** The same words in any order and with any signs between them. */
const words = (scope: string) =>
  scope
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .sort()
    .join(" ");

export function scopeFindings(scopes: readonly string[], policy: Policy | undefined): Finding[] {
  const known = [...BUILT_IN, ...(policy?.scopes ?? []).map(({ scope }) => scope)];
  return unknownScopes(scopes, policy).map((scope) => {
    const meant = known.find((other) => words(other) === words(scope));
    const hint = /[,;|]/.test(scope) ? " Scopes are separated by spaces." : meant ? ` Did you mean ${meant}?` : "";
    return {
      parameter: "scope",
      sent: shown(scope),
      expected: meant ?? "a scope of the project's RBAC policy, or of OpenID Connect",
      message: `There is no scope ${shown(scope)} in this project.${hint}`,
      leads: "app",
      stytchErrorType: "oauth_invalid_scope_requested",
    };
  });
}

interface Results {
  scope_results: { scope: string; is_grantable: boolean }[];
}

/** The page shows these apart, and they are never granted. */
export function ungrantable(
  scopes: readonly string[],
  policy: Policy | undefined,
  whose: Whose,
  client: ClientRecord | null,
  answer: Results | null,
): Finding[] {
  const refused = answer
    ? answer.scope_results.filter(({ is_grantable }) => !is_grantable).map(({ scope }) => scope)
    : scopes.filter((scope) => scope === "full_access" && client && !client.full_access_allowed);
  const impossible = answer || whose.member ? [] : scopes.filter((scope) => !isCovered(scope, policy));
  return [
    ...refused.map((scope) => ({
      ...about(scope, policy),
      message:
        scope === "full_access"
          ? "The app is not allowed full access, so nobody can grant it."
          : `Nobody with this Member's roles can grant ${scope}.`,
    })),
    ...impossible.map((scope) => ({
      ...about(scope, policy),
      message: `No role of this project lets anybody grant ${scope}.`,
    })),
  ];
}

function about(scope: string, policy: Policy | undefined): Omit<Finding, "message"> {
  const permissions = policy?.scopes.find((known) => known.scope === scope)?.permissions ?? [];
  const needed = permissions.map(({ resource_id, actions }) => `${actions.join(" and ")} on ${resource_id}`).join(", ");
  return { parameter: "scope", sent: scope, expected: needed ? `a role with ${needed}` : null, leads: "on" };
}

/** Whether some role of the project has all that the scope stands for. */
function isCovered(scope: string, policy: Policy | undefined): boolean {
  const permissions = policy?.scopes.find((known) => known.scope === scope)?.permissions;
  if (!permissions) return true;
  const roles = policy?.roles ?? [];
  return permissions.every(({ resource_id, actions }) =>
    actions.every((action) =>
      roles.some((role) =>
        role.permissions.some(
          (held) => held.resource_id === resource_id && (held.actions.includes(action) || held.actions.includes("*")),
        ),
      ),
    ),
  );
}

/** Of a Member who has not connected the app: first-party apps ask only to stay when nobody is there. */
export function needsFirstConsent(client: ClientRecord | null, parameters: AuthorizationParameters | null): boolean {
  if (!client?.client_type.startsWith("first_party") || parameters?.prompt) return true;
  return (parameters?.scopes.includes("offline_access") ?? false) && !client.bypass_consent_for_offline_access;
}
