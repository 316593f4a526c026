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
  unproven(): Promise<Unproven>;
  /** A token by a key that is not known here, before the key set is read for it. Counts as refused until it is good. */
  unknownKey(): Promise<Unproven>;
  /** A credential that was refused without asking anybody. */
  refused(): Promise<void>;
  /** A text that did not pass its check, or asks for the schema: it costs more than others. Counts only: it is answered. */
  costlyText(): void;
}

/** Nobody waits for either. */
export interface Unproven {
  /** Gives back what was counted. */
  good(): void;
  /** Gives back all but one: there was no answer, and to ask again and again must have an end. */
  unanswered(): void;
}

/** Whose session a token belongs to: this never changes. Whether the session still lives is another question. */
export interface KnownPerson {
  memberId: string;
  organizationId: string;
  sessionId: string;
}
