/**
 * The tables, the same on both engines: moments are milliseconds since 1970, structured values are JSON text (an engine's
 * own JSON type would reorder it, and it is hashed), and a flag is a moment that may be null.
 */
export interface Tables {
  /** One row: counts all events of all chains, so that pages across chains have a gapless order of commits. */
  event_order: { id: number; last: number };
  chain_head: ChainHeadRow;
  audit_event: AuditEventRow;
  operation: OperationRow;
  idempotency_key: IdempotencyRow;
  refusal_window: RefusalWindowRow;
  app_grant: GrantRow;
  client_secret: ClientSecretRow;
  authorization_request: AuthorizationRequestRow;
  listing: ListingRow;
  listing_category: { app_id: string; category: string };
  app_request: AppRequestRow;
  lease: LeaseRow;
}

export interface ChainHeadRow {
  chain: string;
  position: number;
  hash: string;
  at: number;
  /** Events up to here were pruned; the next one continues from this hash. */
  anchor_position: number;
  anchor_hash: string;
}

export interface AuditEventRow {
  chain: string;
  position: number;
  order: number;
  at: number;
  id: string;
  action: string;
  outcome: string;
  code: string | null;
  actor_kind: string;
  actor_id: string | null;
  organization_id: string | null;
  member_id: string | null;
  app_id: string | null;
  /** Canonical JSON: scopes, changes, request ids. */
  detail: string;
  /** Random; deleted with the content, so that nobody can guess erased content by hashing candidates. */
  salt: string;
  content_hash: string;
  hash: string;
  /** Set when the content was erased: only `at`, the hashes and the place in the chain are left. */
  erased_at: number | null;
}

export interface OperationRow {
  id: string;
  /** OPEN: under way, or cut off by a crash. UNKNOWN: its answer was lost. A finished operation is deleted. */
  state: "OPEN" | "UNKNOWN";
  action: string;
  actor_kind: string;
  actor_id: string | null;
  organization_id: string | null;
  member_id: string | null;
  app_id: string | null;
  /** JSON: scopes, changes, and facts by which Stytch can be asked later. */
  detail: string;
  request_id: string;
  started_at: number;
  next_try_at: number;
  attempt: number;
  claimed_until: number;
}

export interface IdempotencyRow {
  caller: string;
  /** A digest, since callers may put anything into a key. */
  key: string;
  input_hash: string;
  operation_id: string;
  /** Null while it is under way. */
  app_id: string | null;
  done_at: number | null;
  expires_at: number;
}

export interface RefusalWindowRow {
  actor: string;
  minute: number;
  /** Rows of their own. */
  written: number;
  /** Counted only. */
  more: number;
  actor_kind: string;
  actor_id: string | null;
  organization_id: string | null;
  action: string;
}

/** Grants that last. What ended is deleted; the events keep its history. */
export interface GrantRow {
  organization_id: string;
  member_id: string;
  app_id: string;
  granted_at: number;
  updated_at: number;
  scopes: string;
  /** Stytch's word, such as `third_party`: an Organization's policy has a rule for each kind. */
  client_type: string | null;
}

/** A client's secret and, between start and end, its rotation. */
export interface ClientSecretRow {
  app_id: string;
  created_at: number | null;
  /** Of the secret that was made then: four characters that Stytch shows of it too. By them a secret made elsewhere is told apart. */
  last_four: string | null;
  rotation_id: string | null;
  /** Of the next secret of this rotation. */
  next_last_four: string | null;
  started_at: number | null;
  started_by_kind: string | null;
  started_by_id: string | null;
  complete_after: number | null;
  next_try_at: number;
  failures: number;
  attempt: number;
  claimed_until: number;
}

export interface AuthorizationRequestRow {
  id: string;
  owner: string;
  created_at: number;
  expires_at: number;
  body: string;
}

/** What the marketplace says of one app. Product texts only, so it is the one table that holds names: of apps. */
export interface ListingRow {
  app_id: string;
  status: "DRAFT" | "PUBLISHED" | "WITHDRAWN";
  /** Hexadecimal, so that every collation of every engine puts it in the same order; ends with the app's id. */
  sort_key: string;
  /** Folded name, tagline and publisher. */
  search: string;
  /** JSON: the client's public fields, as Stytch last told them. */
  app: string;
  /** JSON: the texts as they were given. */
  body: string;
  published_at: number | null;
  updated_at: number;
}

/** A Member asks an admin for an app. `reason` and `note` are people's own words, and are erased with them. */
export interface AppRequestRow {
  id: string;
  organization_id: string;
  app_id: string;
  member_id: string;
  status: "OPEN" | "APPROVED" | "DECLINED" | "WITHDRAWN";
  reason: string | null;
  note: string | null;
  /** A member id; null while it is open, and when a service decided. */
  decided_by: string | null;
  decided_at: number | null;
  created_at: number;
}

/** Something that one replica does at a time. */
export interface LeaseRow {
  name: string;
  holder: string;
  until: number;
}
