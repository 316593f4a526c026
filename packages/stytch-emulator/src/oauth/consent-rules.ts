/**
 * Stytch asks again when "the set of scopes being requested changes". `not-subset` asks when a scope is new,
 * `not-equal` also when one is missing: which of the two holds is not published.
 */
export type ConsentRule = "not-subset" | "not-equal";

export interface ConsentCase {
  rule: ConsentRule;
  firstParty: boolean;
  bypassForOfflineAccess: boolean;
  promptConsent: boolean;
  requested: readonly string[];
  grantable: readonly string[];
  /** The scopes of the last authorization; `null` without one. */
  recorded: readonly string[] | null;
  /** Since the Member's last consent the app was revoked. */
  revoked: boolean;
}

/** U25: a first party never asks for changed scopes. */
export function isConsentRequired(consent: ConsentCase): boolean {
  if (consent.promptConsent || consent.revoked) return true;
  const offline = consent.requested.includes("offline_access");
  if (consent.firstParty) return offline && !consent.bypassForOfflineAccess;
  const { recorded, grantable, rule } = consent;
  if (offline || recorded === null) return true;
  const isSubset = grantable.every((scope) => recorded.includes(scope));
  return rule === "not-equal" ? !isSubset || grantable.length !== recorded.length : !isSubset;
}
