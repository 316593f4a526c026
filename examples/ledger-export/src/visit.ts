import type { JWTPayload } from "jose";

export type JsonObject = Record<string, unknown>;

/** What the app remembers about one browser. */
export interface Visit {
  id: string;
  /** An authorization that was started and has not come back. */
  pending: Pending | null;
  connection: Connection | null;
  outcome: Outcome | null;
}

export interface Pending {
  state: string;
  nonce: string;
  verifier: string;
}

export interface Connection {
  accessToken: string;
  refreshToken: string | null;
  scope: string;
  /** `null` without the `openid` scope. */
  idTokenClaims: JWTPayload | null;
  accessTokenClaims: JWTPayload;
  /** The server said that the Member's consent was revoked. */
  ended: boolean;
}

/** The result of the last step, as the page shows it. */
export interface Outcome {
  ok: boolean;
  title: string;
  text?: string;
  /** The answer as it came. */
  answer?: JsonObject;
}
