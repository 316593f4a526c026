import { coversScope } from "../rbac";
import type { ConnectedApp, Member } from "../state/records";
import type { State } from "../state/state";

/** U24: the texts are not published. */
const BUILT_IN: ReadonlyMap<string, string> = new Map([
  ["openid", "Sign you in"],
  ["profile", "See your name"],
  ["email", "See your email address"],
  ["phone", "See your phone number"],
  ["offline_access", "Keep access while you are away"],
  ["full_access", "Act as you, with everything you may do"],
]);

export interface ScopeResult {
  scope: string;
  description: string;
  is_grantable: boolean;
}

/** In the order of the request (U24). `null` when a scope does not exist in the project. */
export function scopeResults(
  state: State,
  member: Member,
  client: ConnectedApp,
  scopes: readonly string[],
): ScopeResult[] | null {
  const results = [...new Set(scopes)].map((scope) => scopeResult(state, member, client, scope));
  return results.every((result) => result !== null) ? results : null;
}

function scopeResult(state: State, member: Member, client: ConnectedApp, name: string): ScopeResult | null {
  const builtIn = BUILT_IN.get(name);
  if (builtIn !== undefined) {
    return { scope: name, description: builtIn, is_grantable: name !== "full_access" || client.full_access_allowed };
  }
  const custom = state.policy.scopes.find(({ scope }) => scope === name);
  if (!custom) return null;
  return { scope: name, description: custom.description, is_grantable: coversScope(state, member, custom) };
}
