import { z } from "zod";
import { authorizeCaller, grantingRoles } from "../rbac";
import { memberView } from "../roles";
import { mergeClaims, requireSession, type SessionCredential, sessionJwt, sessionView } from "../sessions";
import type { Member, Session } from "../state/records";
import type { State } from "../state/state";
import { StytchApiError } from "../wire/errors";
import { metadata, parseFields, text } from "../wire/fields";
import type { Operation } from "../wire/operation";

/** What every call that answers with a session may change about it. */
export const sessionFields = {
  session_duration_minutes: z.number().exactOptional(),
  session_custom_claims: metadata.exactOptional(),
};
type SessionFields = z.infer<z.ZodObject<typeof sessionFields>>;
const authenticateFields = z.object({
  ...sessionFields,
  session_token: text.exactOptional(),
  session_jwt: text.exactOptional(),
  authorization_check: z.object({ organization_id: text, resource_id: text, action: text }).exactOptional(),
});

/** POST /v1/b2b/sessions/authenticate */
export const authenticateSession: Operation = async (state, { body }) => {
  const fields = parseFields(authenticateFields, body);
  const session = await requireSession(state, fields);
  const member = state.requireMember(session.organization_id, session.member_id);
  const check = fields.authorization_check;
  const verdict = check && verdictFor(state, session, member, check);
  updateSession(state, session, fields);
  return { ...(await authenticatedBody(state, session)), ...(verdict && { verdict }) };
};

export async function authenticatedBody(state: State, session: Session) {
  const organization = state.requireOrganization(session.organization_id);
  return {
    member_session: sessionView(state, session),
    session_token: session.session_token,
    session_jwt: await sessionJwt(state, session),
    member: memberView(state.requireMember(session.organization_id, session.member_id), organization),
    organization,
  };
}

interface AuthorizationCheck {
  organization_id: string;
  resource_id: string;
  action: string;
}

/** A check that fails is an error, never `authorized: false`. */
function verdictFor(state: State, session: Session, member: Member, check: AuthorizationCheck) {
  if (state.organizations.find(check.organization_id)?.organization_id !== session.organization_id) {
    throw new StytchApiError("session_authorization_tenancy_error");
  }
  const granting_roles = grantingRoles(state, member, check.resource_id, check.action);
  if (granting_roles.length === 0) throw new StytchApiError("session_authorization_error");
  return { authorized: true, granting_roles };
}

export function updateSession(state: State, session: Session, fields: SessionFields): void {
  const { session_duration_minutes: minutes, session_custom_claims } = fields;
  const claims = mergeClaims(session.custom_claims, session_custom_claims);
  const now = state.clock().getTime();
  if (minutes !== undefined) {
    if (!Number.isInteger(minutes) || minutes < 5 || minutes > 527_040) {
      throw new StytchApiError("invalid_session_duration_minutes");
    }
    session.expires_at = now + minutes * 60_000;
  }
  session.custom_claims = claims;
  session.last_accessed_at = now;
}

/** GET /v1/b2b/sessions?organization_id=&member_id= */
export const listSessions: Operation = (state, { query }) => {
  const member = state.requireMember(query.get("organization_id") ?? "", query.get("member_id") ?? "");
  const now = state.clock().getTime();
  const alive = state.sessions.ofMember(member.member_id).filter((session) => session.expires_at > now);
  return { member_sessions: alive.map((session) => sessionView(state, session)) };
};

const revokeFields = z.object({
  member_session_id: text.exactOptional(),
  session_token: text.exactOptional(),
  session_jwt: text.exactOptional(),
  member_id: text.exactOptional(),
});

/** POST /v1/b2b/sessions/revoke: by one session, or all of a Member's. */
export const revokeSession: Operation = async (state, { body, caller }) => {
  const { member_session_id, member_id, ...credential } = parseFields(revokeFields, body);
  const selectors = Object.keys(body).filter((key) => key in revokeFields.shape && body[key] !== null);
  if (selectors.length === 0) throw new StytchApiError("no_session_revoke_arguments");
  if (selectors.length > 1) throw new StytchApiError("too_many_session_revoke_arguments");
  const sessions =
    member_id === undefined
      ? [await findOne(state, member_session_id, credential)]
      : state.sessions.ofMember(state.requireMemberById(member_id).member_id);
  for (const session of sessions) {
    authorizeCaller(state, caller, {
      organizationId: session.organization_id,
      resource: "stytch.member",
      actions: ["revoke-sessions"],
      memberId: session.member_id,
    });
    state.sessions.delete(session);
  }
  return {};
};

async function findOne(state: State, id: string | undefined, credential: SessionCredential): Promise<Session> {
  if (id === undefined) return requireSession(state, credential);
  const session = state.sessions.get(id);
  if (!session) throw new StytchApiError("session_not_found");
  return session;
}

/** GET /v1/b2b/sessions/jwks/:project_id */
export const getJwks: Operation<"project_id"> = (state, { params }) => {
  if (params.project_id !== state.projectId) throw new StytchApiError("route_not_found");
  return state.signer.jwks();
};
