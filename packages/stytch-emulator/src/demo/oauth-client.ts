import { createRemoteJWKSet, decodeJwt, jwtVerify } from "jose";
import { demoClientId, demoClientSecret } from "../seed/apps";
import type { JsonObject } from "../wire/json";
import type { Connection } from "./visit";

const TIMEOUT_MS = 10_000;

/** The demo app's half of OAuth: it knows the server by its public endpoints only, and calls them over HTTP. */
export interface OAuthClient {
  exchangeCode(code: string, verifier: string, nonce: string): Promise<Connection>;
  refresh(connection: Connection): Promise<Connection>;
  introspect(token: string): Promise<JsonObject>;
  userinfo(accessToken: string): Promise<JsonObject>;
}

/** The server said no. */
export class RefusedError extends Error {
  constructor(readonly answer: JsonObject) {
    super(String(answer.error_description ?? answer.error ?? "The request was refused."));
  }
}

/** A basic-authenticated, confidential client. `now` is the clock that tokens are checked against. */
export function createOAuthClient(issuer: string, redirectUri: string, now: Date): OAuthClient {
  const keys = createRemoteJWKSet(new URL("/.well-known/jwks.json", issuer));
  const basic = Buffer.from(`${demoClientId}:${demoClientSecret}`).toString("base64");

  async function call(path: string, authorization: string, fields?: Record<string, string>): Promise<JsonObject> {
    const response = await fetch(new URL(path, issuer), {
      headers: { authorization },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(fields && { method: "POST", body: new URLSearchParams(fields) }),
    });
    const answer = (await response.json()) as JsonObject;
    if (!response.ok) throw new RefusedError(answer);
    return answer;
  }
  const post = (path: string, fields: Record<string, string>) => call(path, `Basic ${basic}`, fields);

  /** OpenID Connect Core 3.1.3.7 */
  async function idTokenClaims(idToken: unknown, nonce: string | null): Promise<JsonObject | null> {
    if (typeof idToken !== "string") return null;
    const options = { issuer, audience: demoClientId, currentDate: now };
    const { payload } = await jwtVerify(idToken, keys, options);
    if (nonce !== null && payload.nonce !== nonce) throw new RefusedError({ error: "The ID token has another nonce." });
    return payload;
  }

  async function connectionFrom(answer: JsonObject, nonce: string | null): Promise<Connection> {
    const accessToken = String(answer.access_token);
    return {
      accessToken,
      refreshToken: typeof answer.refresh_token === "string" ? answer.refresh_token : null,
      scope: String(answer.scope),
      idTokenClaims: await idTokenClaims(answer.id_token, nonce),
      accessTokenClaims: decodeJwt(accessToken),
      ended: false,
    };
  }

  return {
    exchangeCode: async (code, verifier, nonce) => {
      const fields = { grant_type: "authorization_code", code, redirect_uri: redirectUri, code_verifier: verifier };
      return connectionFrom(await post("/v1/oauth2/token", fields), nonce);
    },
    refresh: async ({ refreshToken }) => {
      const fields = { grant_type: "refresh_token", refresh_token: refreshToken ?? "" };
      const refreshed = await connectionFrom(await post("/v1/oauth2/token", fields), null);
      // RFC 6749 6: without a new one, the old one stays good.
      return { ...refreshed, refreshToken: refreshed.refreshToken ?? refreshToken };
    },
    introspect: (token) => post("/v1/oauth2/introspect", { token }),
    userinfo: (accessToken) => call("/v1/oauth2/userinfo", `Bearer ${accessToken}`),
  };
}
