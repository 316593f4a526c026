import { authorize, startAuthorize } from "./oauth/authorize";
import { exchangeAccessToken } from "./oauth/exchange-access-token";
import { introspect } from "./oauth/introspect";
import { authorizationServer, jwks, openidConfiguration } from "./oauth/metadata";
import { onApi, onDomain } from "./oauth/public-endpoint";
import { register } from "./oauth/register";
import { revoke } from "./oauth/revoke";
import { token } from "./oauth/token";
import { userinfo } from "./oauth/userinfo";
import { cancelSecretRotation, completeSecretRotation, startSecretRotation } from "./operations/client-secrets";
import { createClient, deleteClient, getClient, searchClients, updateClient } from "./operations/clients";
import {
  getOrganizationConnectedApp,
  listMemberConnectedApps,
  listOrganizationConnectedApps,
  revokeConnectedApp,
} from "./operations/connected-apps";
import {
  cancelM2mSecretRotation,
  completeM2mSecretRotation,
  createM2mClient,
  deleteM2mClient,
  getM2mClient,
  searchM2mClients,
  startM2mSecretRotation,
  updateM2mClient,
} from "./operations/m2m-clients";
import {
  deleteMemberExternalId,
  deleteMfaPhoneNumber,
  deleteTotp,
  unlinkRetiredEmail,
} from "./operations/member-details";
import { searchMembers } from "./operations/member-search";
import {
  createMember,
  dangerouslyGetMember,
  deleteMember,
  getMember,
  reactivateMember,
  updateMember,
} from "./operations/members";
import { searchOrganizations } from "./operations/organization-search";
import {
  createOrganization,
  deleteOrganization,
  deleteOrganizationExternalId,
  getOrganization,
  getOrganizationMetrics,
  updateOrganization,
} from "./operations/organizations";
import { getOrganizationPolicy, getPolicy, setOrganizationPolicy } from "./operations/rbac-policy";
import { authenticateSession, getJwks, listSessions, revokeSession } from "./operations/sessions";
import { showHome } from "./pages/home";
import { login, logout, showLogin } from "./pages/login";
import { member, open, project, type Route } from "./wire/router";

const ORGANIZATIONS = "/v1/b2b/organizations";
const ORGANIZATION = "/v1/b2b/organizations/:organization_id";
const MEMBER = "/v1/b2b/organizations/:organization_id/members/:member_id";
const CLIENTS = "/v1/connected_apps/clients";
const CLIENT = "/v1/connected_apps/clients/:client_id";
const M2M_CLIENTS = "/v1/m2m/clients";
const M2M_CLIENT = "/v1/m2m/clients/:client_id";
const SESSIONS = "/v1/b2b/sessions";
const AUTHORIZE = "/v1/b2b/idp/oauth/authorize";
const PUBLIC = "/v1/public/:project_id";
const RBAC = "/v1/b2b/rbac";

/** Everything that is emulated. `member` routes heed a session header, `open` ones need no project credentials. */
export const operations: readonly Route[] = [
  project("POST", ORGANIZATIONS, createOrganization),
  project("POST", `${ORGANIZATIONS}/search`, searchOrganizations),
  project("GET", ORGANIZATION, getOrganization),
  member("PUT", ORGANIZATION, updateOrganization),
  member("DELETE", ORGANIZATION, deleteOrganization),
  member("DELETE", `${ORGANIZATION}/external_id`, deleteOrganizationExternalId),
  project("GET", `${ORGANIZATION}/metrics`, getOrganizationMetrics),
  member("GET", `${ORGANIZATION}/connected_apps`, listOrganizationConnectedApps),
  member("GET", `${ORGANIZATION}/connected_apps/:connected_app_id`, getOrganizationConnectedApp),

  member("POST", `${ORGANIZATION}/members`, createMember),
  project("GET", `${ORGANIZATION}/member`, getMember),
  project("GET", `${ORGANIZATIONS}/members/dangerously_get/:member_id`, dangerouslyGetMember),
  member("POST", `${ORGANIZATIONS}/members/search`, searchMembers),
  member("PUT", MEMBER, updateMember),
  member("DELETE", MEMBER, deleteMember),
  member("PUT", `${MEMBER}/reactivate`, reactivateMember),
  member("DELETE", `${MEMBER}/external_id`, deleteMemberExternalId),
  member("DELETE", `${MEMBER}/totp`, deleteTotp),
  member("POST", `${MEMBER}/unlink_retired_email`, unlinkRetiredEmail),
  member("DELETE", `${ORGANIZATION}/members/mfa_phone_numbers/:member_id`, deleteMfaPhoneNumber),
  member("GET", `${MEMBER}/connected_apps`, listMemberConnectedApps),
  member("POST", `${MEMBER}/connected_apps/:connected_app_id/revoke`, revokeConnectedApp),

  project("POST", CLIENTS, createClient),
  project("POST", `${CLIENTS}/search`, searchClients),
  project("GET", CLIENT, getClient),
  project("PUT", CLIENT, updateClient),
  project("DELETE", CLIENT, deleteClient),
  project("POST", `${CLIENT}/secrets/rotate/start`, startSecretRotation),
  project("POST", `${CLIENT}/secrets/rotate`, completeSecretRotation),
  project("POST", `${CLIENT}/secrets/rotate/cancel`, cancelSecretRotation),

  project("POST", M2M_CLIENTS, createM2mClient),
  project("POST", `${M2M_CLIENTS}/search`, searchM2mClients),
  project("GET", M2M_CLIENT, getM2mClient),
  project("PUT", M2M_CLIENT, updateM2mClient),
  project("DELETE", M2M_CLIENT, deleteM2mClient),
  project("POST", `${M2M_CLIENT}/secrets/rotate/start`, startM2mSecretRotation),
  project("POST", `${M2M_CLIENT}/secrets/rotate`, completeM2mSecretRotation),
  project("POST", `${M2M_CLIENT}/secrets/rotate/cancel`, cancelM2mSecretRotation),

  project("POST", `${SESSIONS}/authenticate`, authenticateSession),
  project("GET", SESSIONS, listSessions),
  member("POST", `${SESSIONS}/revoke`, revokeSession),
  project("POST", `${SESSIONS}/exchange_access_token`, exchangeAccessToken),
  open("GET", `${SESSIONS}/jwks/:project_id`, getJwks),

  project("GET", `${RBAC}/policy`, getPolicy),
  project("GET", `${RBAC}/organizations/:organization_id`, getOrganizationPolicy),
  project("PUT", `${RBAC}/organizations/:organization_id`, setOrganizationPolicy),

  project("POST", `${AUTHORIZE}/start`, startAuthorize),
  project("POST", AUTHORIZE, authorize),

  open("POST", "/v1/oauth2/token", onDomain(token)),
  open("POST", "/v1/oauth2/introspect", onDomain(introspect)),
  open("POST", "/v1/oauth2/revoke", onDomain(revoke)),
  open("GET", "/v1/oauth2/userinfo", onDomain(userinfo)),
  open("POST", "/v1/oauth2/userinfo", onDomain(userinfo)),
  open("POST", "/v1/oauth2/register", onDomain(register)),
  open("GET", "/.well-known/openid-configuration", onDomain(openidConfiguration)),
  open("GET", "/.well-known/oauth-authorization-server", onDomain(authorizationServer)),
  open("GET", "/.well-known/jwks.json", onDomain(jwks)),

  open("POST", `${PUBLIC}/oauth2/token`, onApi(token)),
  open("POST", `${PUBLIC}/oauth2/introspect`, onApi(introspect)),
  open("POST", `${PUBLIC}/oauth2/revoke`, onApi(revoke)),
  open("GET", `${PUBLIC}/oauth2/userinfo`, onApi(userinfo)),
  open("POST", `${PUBLIC}/oauth2/userinfo`, onApi(userinfo)),
  open("POST", `${PUBLIC}/oauth2/register`, onApi(register)),
  open("GET", `${PUBLIC}/.well-known/openid-configuration`, onApi(openidConfiguration)),
  open("GET", `${PUBLIC}/.well-known/oauth-authorization-server`, onApi(authorizationServer)),

  open("GET", "/", showHome),
  open("GET", "/login", showLogin),
  open("POST", "/login", login),
  open("POST", "/logout", logout),
];
