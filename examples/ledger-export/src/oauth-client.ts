import { createRemoteJWKSet, decodeJwt, type JWTPayload, jwtVerify } from "jose";
import type { LedgerExportOptions } from "./options";
import type { Connection, JsonObject } from "./visit";

const TIMEOUT_MS = 10_000;

/** The app's half of OAuth: it knows the server by its discovery document only (OpenID Connect Discovery 1.0). */
export interface OAuthClient {
  authorizationUrl(parameters: Record<string, string>): Promise<string>;
  exchangeCode(code: string, verifier: string, nonce: string): Promise<Connection>;
  refresh(connection: Connection): Promise<Connection>;
  introspect(token: string): Promise<JsonObject>;
  userinfo(accessToken: string): Promise<JsonObject>;
}

/** The server said no. */
export class RefusedError extends Error {
  constructor(readonly answer: JsonObject) {
    const { error_description, error_message, error } = answer;
    super(String(error_description ?? error_message ?? error ?? "The request was refused."));
  }
}

type Options = Pick<LedgerExportOptions, "issuer" | "clientId" | "clientSecret" | "now"> & { redirectUri: string };

/** A confidential client that authenticates with its secret (RFC 6749 2.3.1, as HTTP Basic). */
export function createOAuthClient(options: Options): OAuthClient {
  const { issuer, clientId, clientSecret, redirectUri, now = () => new Date() } = options;
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString("base64");

  async function call(url: string, authorization?: string, fields?: Record<string, string>): Promise<JsonObject> {
    const response = await fetch(url, {
      ...(authorization && { headers: { authorization } }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(fields && { method: "POST", body: new URLSearchParams(fields) }),
    });
    const answer = (await response.json()) as JsonObject;
    if (!response.ok) throw new RefusedError(answer);
    return answer;
  }

  /** Read anew each time: this app is used seldom, and the server may have been set up since. */
  async function endpoint(name: string): Promise<string> {
    const found = await call(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
    const address = found[name];
    // OpenID Connect Discovery 1.0, section 4.3.
    if (found.issuer !== issuer) throw new Error(`The server at ${issuer} says that it is ${found.issuer}.`);
    if (typeof address !== "string") throw new Error(`The server at ${issuer} has no ${name}.`);
    return address;
  }
  const post = async (name: string, fields: Record<string, string>) =>
    call(await endpoint(name), `Basic ${basic}`, fields);

  /** OpenID Connect Core 3.1.3.7 */
  async function idTokenClaims(idToken: unknown, nonce: string | null): Promise<JWTPayload | null> {
    if (typeof idToken !== "string") return null;
    const keys = createRemoteJWKSet(new URL(await endpoint("jwks_uri")));
    const { payload } = await jwtVerify(idToken, keys, { issuer, audience: clientId, currentDate: now() });
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
    authorizationUrl: async (parameters) => {
      const target = new URL(await endpoint("authorization_endpoint"));
      const own = { response_type: "code", client_id: clientId, redirect_uri: redirectUri };
      for (const [name, value] of Object.entries({ ...own, ...parameters })) target.searchParams.set(name, value);
      return target.href;
    },
    exchangeCode: async (code, verifier, nonce) => {
      const fields = { grant_type: "authorization_code", code, redirect_uri: redirectUri, code_verifier: verifier };
      return connectionFrom(await post("token_endpoint", fields), nonce);
    },
    refresh: async ({ refreshToken }) => {
      const fields = { grant_type: "refresh_token", refresh_token: refreshToken ?? "" };
      const refreshed = await connectionFrom(await post("token_endpoint", fields), null);
      // RFC 6749 6: without a new one, the old one stays good.
      return { ...refreshed, refreshToken: refreshed.refreshToken ?? refreshToken };
    },
    introspect: (token) => post("introspection_endpoint", { token }),
    userinfo: async (accessToken) => call(await endpoint("userinfo_endpoint"), `Bearer ${accessToken}`),
  };
}
