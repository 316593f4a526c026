import {
  ACTIONS,
  CAUTION,
  FLAG,
  INTEGER,
  ifGood,
  isRecord,
  type Kind,
  LackingAnswer,
  listIfAny,
  listOf,
  METADATA,
  MOMENT,
  mapOf,
  NAME,
  type Odd,
  OPTIONAL_TEXT,
  PERMISSIONS,
  PERMISSIONS_IF_ANY,
  partsOf,
  record,
  TEXT,
  TEXT_IF_ANY,
  TEXTS,
} from "./kinds";

const MEMBER = record({
  member_id: NAME,
  organization_id: NAME,
  email_address: TEXT,
  name: TEXT,
  status: TEXT,
  roles: partsOf(record({ role_id: NAME })),
  is_admin: FLAG,
  external_id: OPTIONAL_TEXT,
  created_at: MOMENT,
  updated_at: MOMENT,
});
const SESSION = record({ member_session_id: NAME, member_id: NAME, organization_id: NAME, roles: TEXTS });
const ORGANIZATION = record({
  organization_id: NAME,
  organization_name: TEXT,
  organization_slug: TEXT,
  organization_external_id: OPTIONAL_TEXT,
  organization_logo_url: OPTIONAL_TEXT,
  first_party_connected_apps_allowed_type: TEXT,
  third_party_connected_apps_allowed_type: TEXT,
  allowed_first_party_connected_apps: TEXTS,
  allowed_third_party_connected_apps: TEXTS,
  created_at: MOMENT,
  updated_at: MOMENT,
});
const LISTED_APP = {
  connected_app_id: NAME,
  name: TEXT,
  description: TEXT,
  client_type: TEXT,
  logo_url: OPTIONAL_TEXT,
};
const PUBLIC_CLIENT = {
  client_id: NAME,
  client_name: TEXT,
  client_description: TEXT,
  client_type: TEXT,
  logo_url: OPTIONAL_TEXT,
};
const CLIENT_FIELDS = {
  ...PUBLIC_CLIENT,
  status: TEXT,
  creation_method: OPTIONAL_TEXT,
  redirect_urls: TEXTS,
  post_logout_redirect_urls: TEXTS,
  full_access_allowed: FLAG,
  bypass_consent_for_offline_access: FLAG,
  access_token_expiry_minutes: INTEGER,
  access_token_custom_audience: OPTIONAL_TEXT,
  access_token_template_content: OPTIONAL_TEXT,
  id_token_template_content: OPTIONAL_TEXT,
  client_id_metadata_url: OPTIONAL_TEXT,
  client_secret_last_four: OPTIONAL_TEXT,
  next_client_secret_last_four: OPTIONAL_TEXT,
};
const CLIENT = record(CLIENT_FIELDS);
const ONE_CLIENT = record({ connected_app: CLIENT });
const POLICY = record({
  roles: listIfAny(record({ role_id: NAME, permissions: PERMISSIONS_IF_ANY })),
  resources: listIfAny(record({ resource_id: NAME, actions: ACTIONS })),
  scopes: listIfAny(record({ scope: NAME, description: TEXT, permissions: PERMISSIONS })),
});

const PUBLIC_CLIENT_TYPE = /_public$/;
/** Its secret is in this answer and nowhere else; public clients have none. */
const NEW_CLIENT: Kind = (value, name, odd) => {
  CLIENT(value, name, odd);
  if (!isRecord(value)) throw new LackingAnswer(name);
  const kind = PUBLIC_CLIENT_TYPE.test(String(value.client_type)) ? OPTIONAL_TEXT : NAME;
  value.client_secret = kind(value.client_secret, "client_secret", odd);
  return value;
};

/** Bodies by the SDK's method. What is not named here is handed on unread. */
const BODIES: Readonly<Record<string, Kind>> = {
  "sessions.authenticate": record({
    member: ifGood(MEMBER),
    organization: ifGood(ORGANIZATION),
    member_session: SESSION,
    session_token: TEXT,
    session_jwt: TEXT,
  }),
  "organizations.get": record({ organization: ORGANIZATION }),
  "organizations.update": record({ organization: ORGANIZATION }),
  "organizations.search": record({ organizations: listOf(ORGANIZATION), results_metadata: METADATA }),
  "organizations.connectedApps": record({ connected_apps: listOf(record(LISTED_APP)) }),
  "organizations.getConnectedApp": record({
    ...LISTED_APP,
    active_members: listOf(record({ member_id: NAME, granted_scopes: TEXTS })),
  }),
  "members.search": record({
    members: listOf(MEMBER),
    organizations: mapOf(ORGANIZATION),
    results_metadata: METADATA,
  }),
  "members.dangerouslyGet": record({ member: MEMBER }),
  "members.getConnectedApps": record({ connected_apps: listOf(record({ ...LISTED_APP, scopes_granted: TEXT })) }),
  "members.connectedApps.revoke": record({ request_id: TEXT }),
  "rbac.policy": record({ policy: POLICY }),
  "clients.get": ONE_CLIENT,
  "clients.search": record({ connected_apps: listOf(CLIENT), results_metadata: METADATA }),
  "clients.create": record({ connected_app: NEW_CLIENT }),
  "clients.update": ONE_CLIENT,
  "secrets.rotateStart": record({ connected_app: record({ ...CLIENT_FIELDS, next_client_secret: NAME }) }),
  "secrets.rotate": ONE_CLIENT,
  "secrets.rotateCancel": ONE_CLIENT,
  "idp.oauth.authorizeStart": record({
    member: MEMBER,
    organization: ORGANIZATION,
    client: record(PUBLIC_CLIENT),
    scope_results: listOf(record({ scope: NAME, description: TEXT, is_grantable: FLAG })),
    consent_required: CAUTION,
  }),
  "idp.oauth.authorize": record({ redirect_uri: NAME, authorization_code: TEXT_IF_ANY }),
};

/**
 * Mends an answer where it is not as documented, in place: an odd value costs its field and an odd record its place in the
 * list, not the whole page. @throws LackingAnswer when it lacks what it was made for
 */
export function mend(operation: string, body: unknown, odd: Odd): void {
  if (!isRecord(body)) throw new LackingAnswer("an object");
  const left = cut.get(body) ?? [];
  for (const name of left) odd.record(name);
  const record = (name: string) => {
    left.push(name);
    cut.set(body, left);
    odd.record(name);
  };
  BODIES[operation]?.(body, "an object", { ...odd, record });
}

/** What was left out of an answer. Several readers may share one, and each is told. */
const cut = new WeakMap<object, string[]>();

export const isWhole = (answer: object): boolean => !cut.has(answer);
