import { inspect } from "node:util";

/** A Member's session, as Stytch's session headers take it. Prints as `[session]`, so no log or error can show it. */
export class SessionCredential {
  readonly #authorization: { session_jwt: string } | { session_token: string };

  constructor(authorization: { session_jwt: string } | { session_token: string }) {
    this.#authorization = authorization;
  }

  /** The one identity that session endpoints and `idp.oauth` take in their body. */
  get identity(): { session_jwt: string } | { session_token: string } {
    return this.#authorization;
  }

  /** Options of a management call: the SDK turns them into `X-Stytch-Member-Session` or `…-SessionJWT`. */
  get options(): { authorization: { session_jwt: string } | { session_token: string } } {
    return { authorization: this.#authorization };
  }

  toJSON(): string {
    return "[session]";
  }

  [inspect.custom](): string {
    return "[session]";
  }
}
