import type { SessionCredential } from "../stytch/session-credential";
import type { OperatorScope } from "./rules";

/** A person: a Member of some Organization. An `operator` is an admin of the operator's own and reads across all. */
export interface Person {
  kind: "member" | "operator";
  memberId: string;
  organizationId: string;
  sessionId: string;
  /** Of this session: some depend on how its Member signed in. For what was refused to them; Stytch decides. */
  roles: readonly string[];
  /** Carried by every call made for a Member, so that Stytch checks the session and its roles. */
  session: SessionCredential;
}

/** A back-end service, known by its M2M access token. */
export interface Service {
  kind: "service";
  clientId: string;
  /** Of an operator. Without any it is some other service of the project, and may do nothing here. */
  scopes: readonly OperatorScope[];
}

export type Identity = { kind: "nobody" } | Person | Service;
