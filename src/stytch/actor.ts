import type { SessionCredential } from "./session-credential";

/** Who a call acts as: a Member's session, or `null` for the project's own credentials (operators only). */
export type Actor = SessionCredential | null;

export const optionsOf = (actor: Actor) => actor?.options;
