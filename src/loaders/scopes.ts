import DataLoader from "dataloader";
import type { Policy, PolicyScopePermission } from "stytch";
import type { Caller } from "../caller/caller";

export interface ScopeRecord {
  scope: string;
  description: string;
  /** The project's roles that hold every permission of the scope. */
  roleIds: string[];
}

/** The scopes that a project defines: one `rbac.policy`, however often they are asked for. */
export function createScopes(caller: Caller) {
  // One key, for the one list that there is.
  const lists = new DataLoader<"all", ScopeRecord[]>(
    async () => {
      caller.require("read");
      const { policy } = await caller.stytch.getPolicy();
      return [policy ? scopesOf(policy) : []];
    },
    { name: "scopes" },
  );
  return { all: (): Promise<ScopeRecord[]> => lists.load("all") };
}

const scopesOf = (policy: Policy): ScopeRecord[] =>
  policy.scopes.map(({ scope, description, permissions }) => ({
    scope,
    description,
    roleIds: policy.roles.filter((role) => covers(policy, role.permissions, permissions)).map(({ role_id }) => role_id),
  }));

/** Whether one role alone holds all of them. */
function covers(
  { resources }: Policy,
  held: readonly PolicyScopePermission[],
  needed: readonly PolicyScopePermission[],
): boolean {
  const holds = (id: string, action: string): boolean =>
    held.some(({ resource_id, actions }) => resource_id === id && (actions.includes("*") || actions.includes(action)));
  // A needed `*` stands for every action that the resource has.
  const actionsOf = ({ resource_id, actions }: PolicyScopePermission): readonly string[] =>
    (actions.includes("*") && resources.find((known) => known.resource_id === resource_id)?.actions) || actions;
  return needed.every((permission) => actionsOf(permission).every((action) => holds(permission.resource_id, action)));
}
