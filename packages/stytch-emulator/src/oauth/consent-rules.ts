export interface ConsentCase {
  firstParty: boolean;
  bypassForOfflineAccess: boolean;
  promptConsent: boolean;
  requested: readonly string[];
  grantable: readonly string[];
  /** The scopes of the recorded consent; `null` without one. */
  recorded: readonly string[] | null;
  /** Since the Member's last consent the app was revoked. */
  revoked: boolean;
}

/** stytch-api.md 7.6. U25: a first party never asks for changed scopes; "changed" means not a subset of the record. */
export function isConsentRequired(consent: ConsentCase): boolean {
  if (consent.promptConsent || consent.revoked) return true;
  const offline = consent.requested.includes("offline_access");
  if (consent.firstParty) return offline && !consent.bypassForOfflineAccess;
  const { recorded } = consent;
  return offline || recorded === null || !consent.grantable.every((scope) => recorded.includes(scope));
}
