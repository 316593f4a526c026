import { getClient, searchClients } from "./operations/clients";
import { dangerouslyGetMember, getMember } from "./operations/members";
import { getOrganization, getOrganizationMetrics } from "./operations/organizations";
import { authenticateSession, getJwks, listSessions, revokeSession } from "./operations/sessions";
import { member, open, project, type Route } from "./router";

const ORGANIZATIONS = "/v1/b2b/organizations";
const ORGANIZATION = "/v1/b2b/organizations/:organization_id";
const CLIENTS = "/v1/connected_apps/clients";
const SESSIONS = "/v1/b2b/sessions";

/** Everything that is emulated. `member` routes heed a session header, `open` ones need no project credentials. */
export const operations: readonly Route[] = [
  project("GET", ORGANIZATION, getOrganization),
  project("GET", `${ORGANIZATION}/metrics`, getOrganizationMetrics),

  project("GET", `${ORGANIZATION}/member`, getMember),
  project("GET", `${ORGANIZATIONS}/members/dangerously_get/:member_id`, dangerouslyGetMember),

  project("POST", `${CLIENTS}/search`, searchClients),
  project("GET", `${CLIENTS}/:client_id`, getClient),

  project("POST", `${SESSIONS}/authenticate`, authenticateSession),
  project("GET", SESSIONS, listSessions),
  member("POST", `${SESSIONS}/revoke`, revokeSession),
  open("GET", `${SESSIONS}/jwks/:project_id`, getJwks),
];
