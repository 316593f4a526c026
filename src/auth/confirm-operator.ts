import type { StytchClient } from "../stytch/client";
import { ADMIN_ROLE, requireAllowed } from "./permissions";
import type { Viewer } from "./viewer";

/**
 * A session JWT passes local checks for up to 5 minutes after its session was revoked, and writes with the project's
 * credentials carry no session for Stytch to check. So an operator person is checked with Stytch before such a write.
 * @throws UNAUTHENTICATED when the session has ended, FORBIDDEN when the person is no admin any more.
 */
export async function confirmOperator(viewer: Viewer, stytch: StytchClient): Promise<void> {
  if (viewer.kind !== "member" || !viewer.isOperator || viewer.records) return;
  const { member_session } = await stytch.authenticateSession(viewer.session.identity);
  const isAdmin = member_session.roles.includes(ADMIN_ROLE);
  requireAllowed({ ...viewer, isOperator: isAdmin, scopes: isAdmin ? viewer.scopes : [] }, "read:everything");
}
