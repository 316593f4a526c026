import { Failure } from "../failure";

/** What a record must have for the gateway to show it; everything else is handed on as it came. */
interface RecordShape {
  /** Without it the record cannot be named, so it is left out. */
  id: string;
  /** Empty when it is no text. */
  texts: readonly string[];
  /** Empty when it is no list. */
  lists?: readonly string[];
  /** False when it is neither. */
  flags?: readonly string[];
  /** Left out when it is no moment. */
  moments?: readonly string[];
}

const MEMBER: RecordShape = {
  id: "member_id",
  texts: ["organization_id", "email_address", "name", "status"],
  lists: ["roles"],
  flags: ["is_admin"],
  moments: ["created_at", "updated_at"],
};
const ORGANIZATION: RecordShape = {
  id: "organization_id",
  texts: [
    "organization_name",
    "organization_slug",
    "first_party_connected_apps_allowed_type",
    "third_party_connected_apps_allowed_type",
  ],
  lists: ["allowed_first_party_connected_apps", "allowed_third_party_connected_apps"],
  moments: ["created_at", "updated_at"],
};
const LISTED_APP: RecordShape = {
  id: "connected_app_id",
  texts: ["name", "description", "client_type"],
};
const MEMBER_APP: RecordShape = { ...LISTED_APP, texts: [...LISTED_APP.texts, "scopes_granted"] };
const CLIENT: RecordShape = {
  id: "client_id",
  texts: ["client_name", "client_description", "client_type", "status"],
  lists: ["redirect_urls", "post_logout_redirect_urls"],
  flags: ["full_access_allowed", "bypass_consent_for_offline_access"],
};
const ACTIVE_MEMBER: RecordShape = { id: "member_id", texts: [], lists: ["granted_scopes"] };
const SCOPE: RecordShape = { id: "scope", texts: ["description"], flags: ["is_grantable"] };

interface BodyShape {
  /** The body is such a record itself. */
  self?: RecordShape;
  records?: Record<string, RecordShape>;
  lists?: Record<string, RecordShape>;
  /** Records by id, which came along. */
  maps?: Record<string, RecordShape>;
}

/** By the SDK's method. What is not named here is handed on unread. */
const BODIES: Readonly<Record<string, BodyShape>> = {
  "sessions.authenticate": { records: { member: MEMBER, organization: ORGANIZATION } },
  "organizations.get": { records: { organization: ORGANIZATION } },
  "organizations.update": { records: { organization: ORGANIZATION } },
  "organizations.search": { lists: { organizations: ORGANIZATION } },
  "organizations.connectedApps": { lists: { connected_apps: LISTED_APP } },
  "organizations.getConnectedApp": { self: LISTED_APP, lists: { active_members: ACTIVE_MEMBER } },
  "members.search": { lists: { members: MEMBER }, maps: { organizations: ORGANIZATION } },
  "members.dangerouslyGet": { records: { member: MEMBER } },
  "members.getConnectedApps": { lists: { connected_apps: MEMBER_APP } },
  "clients.get": { records: { connected_app: CLIENT } },
  "clients.search": { lists: { connected_apps: CLIENT } },
  "clients.create": { records: { connected_app: CLIENT } },
  "clients.update": { records: { connected_app: CLIENT } },
  "secrets.rotateStart": { records: { connected_app: CLIENT } },
  "secrets.rotate": { records: { connected_app: CLIENT } },
  "secrets.rotateCancel": { records: { connected_app: CLIENT } },
  "idp.oauth.authorizeStart": {
    records: {
      member: MEMBER,
      organization: ORGANIZATION,
      client: { id: "client_id", texts: CLIENT.texts.slice(0, 3) },
    },
    lists: { scope_results: SCOPE },
  },
};

/** Told of what was not as Stytch documents it: a name from the tables above, never a value. */
export interface Odd {
  /** A value that was replaced by an empty one. */
  value(name: string): void;
  /** A record that was left out of a list. */
  record(list: string): void;
}

type Json = Record<string, unknown>;
const isRecord = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Mends an answer where it is not as documented, in place: an odd value costs its field and an odd record its place in the
 * list, not the whole page. @throws UPSTREAM_UNAVAILABLE when a read lacks what it was made for
 */
export function mend(operation: string, kind: "read" | "write", body: unknown, odd: Odd): void {
  const shape = BODIES[operation];
  if (!shape || !isRecord(body)) return;
  if (shape.self) mendRecord(shape.self, body, odd);
  for (const [name, record] of Object.entries(shape.records ?? {})) {
    const value = body[name];
    if (isRecord(value)) mendRecord(record, value, odd);
    else if (kind === "read") throw lacks(name);
  }
  for (const [name, record] of Object.entries(shape.lists ?? {})) {
    const list = body[name];
    if (!Array.isArray(list)) throw lacks(name);
    let left = 0;
    for (const item of list) {
      if (isNamed(record, item)) mendRecord(record, item, odd);
      else left += 1;
    }
    if (left === 0) continue;
    body[name] = list.filter((item: unknown) => isNamed(record, item));
    for (; left > 0; left--) odd.record(name);
  }
  for (const [name, record] of Object.entries(shape.maps ?? {})) {
    const map = isRecord(body[name]) ? body[name] : {};
    const good = Object.entries(map).filter(([, item]) => isNamed(record, item));
    for (const [, item] of good) if (isRecord(item)) mendRecord(record, item, odd);
    body[name] = Object.fromEntries(good);
  }
}

const isNamed = ({ id }: RecordShape, item: unknown): item is Json =>
  isRecord(item) && typeof item[id] === "string" && item[id] !== "";

const NONE: readonly string[] = [];

function mendRecord({ texts, lists = NONE, flags = NONE, moments = NONE }: RecordShape, record: Json, odd: Odd): void {
  for (const name of texts) if (typeof record[name] !== "string") replace(record, name, "", odd);
  for (const name of lists) if (!Array.isArray(record[name])) replace(record, name, [], odd);
  for (const name of flags) if (typeof record[name] !== "boolean") replace(record, name, false, odd);
  for (const name of moments) {
    const value = record[name];
    if (value == null || value === "" || (typeof value === "string" && !Number.isNaN(Date.parse(value)))) continue;
    odd.value(name);
    record[name] = null;
  }
}

function replace(record: Json, name: string, value: unknown, odd: Odd): void {
  // A key that is left out, or null, is how Stytch says "not set".
  if (record[name] != null) odd.value(name);
  record[name] = value;
}

const lacks = (name: string) =>
  new Failure("UPSTREAM_UNAVAILABLE", `Stytch's answer lacks ${name}, so it cannot be shown. Try again later.`);
