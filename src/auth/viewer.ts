import type { B2BSessionsAuthenticateResponse, Member, Organization } from "stytch";
import type { SessionCredential } from "../stytch/session-credential";

/** A signed-in Member. With `isOperator` the Member is an operator of the marketplace and reads across Organizations. */
export interface MemberViewer {
  kind: "member";
  memberId: string;
  organizationId: string;
  sessionId: string;
  isOperator: boolean;
  scopes: readonly string[];
  /** Carried by every call made for this Member, so that Stytch checks the session and its roles. */
  session: SessionCredential;
  /** Present when this request already asked Stytch about the session. */
  records?: MemberRecords;
}

/** A back-end service of the operator, known by its M2M access token. */
export interface ServiceViewer {
  kind: "service";
  clientId: string;
  isOperator: true;
  scopes: readonly string[];
}

export type Viewer = MemberViewer | ServiceViewer;

/** A Member's own records: the answer of `sessions.authenticate` has both. */
export interface MemberRecords {
  member: Member;
  organization: Organization;
}

export const recordsOf = ({ member, organization }: B2BSessionsAuthenticateResponse): MemberRecords => ({
  member,
  organization,
});

/** The session that this viewer's calls carry. `null` is the project's own credentials: operators only. */
export const actorOf = (viewer: Viewer): SessionCredential | null =>
  viewer.kind === "member" && !viewer.isOperator ? viewer.session : null;

/** The one Organization this viewer can see, or `null` for operators, who see all. */
export const tenantOf = (viewer: Viewer): string | null =>
  viewer.kind === "member" && !viewer.isOperator ? viewer.organizationId : null;
