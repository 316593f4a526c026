import type { Organization } from "stytch";
import { problem, refused } from "../failure";
import type { Allows } from "../ledger/grants";

/** An Organization's rules for Connected Apps, as its record has them. */
export type Policy = Pick<
  Organization,
  | "first_party_connected_apps_allowed_type"
  | "allowed_first_party_connected_apps"
  | "third_party_connected_apps_allowed_type"
  | "allowed_third_party_connected_apps"
>;

export type Availability = "AVAILABLE" | "NEEDS_APPROVAL" | "NOT_ALLOWED";

/** Stytch publishes no limit; a longer list is a rule that nobody can check. */
export const MAX_ALLOWED_APPS = 1000;

export const isFirstParty = (clientType: string): boolean => clientType.startsWith("first_party");

function ruleFor(policy: Policy, clientType: string): { mode: string; allowed: readonly string[] } {
  return isFirstParty(clientType)
    ? { mode: policy.first_party_connected_apps_allowed_type, allowed: policy.allowed_first_party_connected_apps ?? [] }
    : {
        mode: policy.third_party_connected_apps_allowed_type,
        allowed: policy.allowed_third_party_connected_apps ?? [],
      };
}

/** Stytch looks at the list only when the mode is RESTRICTED. A mode that nobody here knows allows nothing. */
export function availabilityOf(policy: Policy, app: { connected_app_id: string; client_type: string }): Availability {
  const { mode, allowed } = ruleFor(policy, app.client_type);
  if (mode === "ALL_ALLOWED") return "AVAILABLE";
  if (mode !== "RESTRICTED") return "NOT_ALLOWED";
  return allowed.includes(app.connected_app_id) ? "AVAILABLE" : "NEEDS_APPROVAL";
}

const MODES = new Set(["ALL_ALLOWED", "RESTRICTED", "NOT_ALLOWED"]);

/** What a policy leaves to those who have it. By a mode that nobody here knows nothing can be said to have ended. */
export const allowsOf =
  (policy: Policy): Allows =>
  (connected_app_id, client_type) =>
    !MODES.has(ruleFor(policy, client_type).mode) ||
    availabilityOf(policy, { connected_app_id, client_type }) === "AVAILABLE";

/**
 * The fields of `organizations.update` that allow this app and no other that is not allowed yet; `null` when it is. Under
 * NOT_ALLOWED the list may name apps from another time: they must not come back, so it starts anew.
 * @throws Failure where the rule cannot be widened by one app
 */
export function widened(
  policy: Policy,
  app: { connected_app_id: string; client_type: string },
): Partial<Policy> | null {
  const { mode, allowed } = ruleFor(policy, app.client_type);
  if (availabilityOf(policy, app) === "AVAILABLE") return null;
  if (mode !== "RESTRICTED" && mode !== "NOT_ALLOWED") {
    const message = "The Organization's policy is of a kind that this gateway does not know. Change it first.";
    throw refused([problem("REFUSED_BY_POLICY", null, message)]);
  }
  const list = [...(mode === "RESTRICTED" ? allowed : []), app.connected_app_id];
  if (list.length > MAX_ALLOWED_APPS) {
    const message = `The Organization's policy names ${MAX_ALLOWED_APPS} apps already. Take one out first.`;
    throw refused([problem("LIMIT_REACHED", null, message)]);
  }
  return isFirstParty(app.client_type)
    ? { first_party_connected_apps_allowed_type: "RESTRICTED", allowed_first_party_connected_apps: list }
    : { third_party_connected_apps_allowed_type: "RESTRICTED", allowed_third_party_connected_apps: list };
}
