import type { AuthorizationParameters } from "./parameters";

/** A scope as it was shown to the Member. */
export interface ShownScope {
  scope: string;
  description: string;
  grantable: boolean;
}

/** One pending consent. It holds what the client asked for and nothing about the Member but, for services, an id. */
export interface StoredRequest {
  id: string;
  /** The session, or the operator service, that started it. Nobody else can see or decide it. */
  owner: string;
  parameters: AuthorizationParameters;
  /** On whose behalf a service asks; `null` when the owner's own session says it. */
  member: { organizationId: string; memberId: string } | null;
  scopes: ShownScope[];
  consentRequired: boolean;
  /** Milliseconds since 1970. */
  expiresAt: number;
}

/** Pending consents; the ledger keeps them. */
export interface RequestStore {
  add(request: Omit<StoredRequest, "id" | "expiresAt">): Promise<StoredRequest>;
  /** Unknown, used, expired and somebody else's all look the same: `null`. */
  find(id: string, owner: string): Promise<StoredRequest | null>;
  /** True for exactly one caller: one statement deletes the row. */
  claim(id: string): Promise<boolean>;
}
