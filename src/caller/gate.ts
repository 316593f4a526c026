import type { Service } from "./identity";

/**
 * What stands between a request and any work for it, Stytch's above all. Each method counts, and throws RATE_LIMITED
 * where a limit is reached; it belongs to one request.
 */
export interface Gate {
  /** Without a credential. */
  nobody(): Promise<void>;
  /** Who it is, before anything is asked for it. Counted once, however many credentials say so. */
  known(identity: Service | KnownPerson): Promise<void>;
  /** A credential of which nothing is known here, before Stytch is asked about it. Counts as refused until it is good. */
  unproven(): Promise<{ good(): Promise<void> }>;
  /** A credential that was refused without asking anybody. */
  refused(): Promise<void>;
  /** A text that did not pass its check, or asks for the schema: it costs more than others. Counts only: it is answered. */
  costlyText(): void;
}

/** Whose session a token belongs to: this never changes. Whether the session still lives is another question. */
export interface KnownPerson {
  memberId: string;
  organizationId: string;
  sessionId: string;
}
