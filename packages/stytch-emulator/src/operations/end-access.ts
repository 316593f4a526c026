import type { State } from "../state/state";

/** Ends the sessions, consents and tokens of one Member. */
export function endAccess(state: State, memberId: string): void {
  for (const session of state.sessions.ofMember(memberId)) state.sessions.delete(session);
  for (const grant of [...state.grants.ofMember(memberId)]) state.revokeGrant(memberId, grant.client_id);
}
