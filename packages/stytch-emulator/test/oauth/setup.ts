import { createHash } from "node:crypto";
import type { B2BIDPOAuthAuthorizeRequest } from "stytch";
import type { EmulatorOptions } from "../../src";
import { type EmulatorWithSdk, startWithSdk } from "../sdk";

export const CALLBACK = "https://app.example/cb?tenant=7";
export const VERIFIER = "v".repeat(43);
export const CHALLENGE = createHash("sha256").update(VERIFIER).digest("base64url");

type ClientType = "first_party" | "first_party_public" | "third_party" | "third_party_public";

export interface TestClient {
  client_id: string;
  /** Absent for public clients. */
  client_secret?: string;
}

export interface Answer {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

export interface OAuthContext extends EmulatorWithSdk {
  advance(milliseconds: number): void;
  newClient(type: ClientType, fields?: object): Promise<TestClient>;
  /** A code for the seeded bookkeeper, granted through the SDK. */
  codeFor(client: TestClient, fields?: Partial<B2BIDPOAuthAuthorizeRequest>): Promise<string>;
  /** A form post to a public endpoint. */
  post(path: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<Answer>;
  exchange(client: TestClient, code: string, fields?: Record<string, string>): Promise<Answer>;
  /** The tokens of a fresh authorization. */
  tokensFor(client: TestClient, scopes: string[]): Promise<{ access_token: string; refresh_token: string }>;
  member: { organization_id: string; member_id: string };
}

export async function startOAuth(options: EmulatorOptions = {}): Promise<OAuthContext> {
  let offset = 0;
  const context = await startWithSdk({
    clock: () => new Date(Date.now() + offset),
    gatewayUrl: "http://127.0.0.1:4000",
    ...options,
  });
  const { emulator, stytch } = context;
  const member = memberWithRole(emulator, "bookkeeper");

  async function post(path: string, fields: Record<string, string>, headers: Record<string, string> = {}) {
    return answerOf(await fetch(emulator.url + path, { method: "POST", headers, body: new URLSearchParams(fields) }));
  }
  async function codeFor(client: TestClient, fields: Partial<B2BIDPOAuthAuthorizeRequest> = {}) {
    const { authorization_code = "" } = await stytch.idp.oauth.authorize({
      client_id: client.client_id,
      redirect_uri: CALLBACK,
      response_type: "code",
      scopes: ["openid"],
      consent_granted: true,
      ...(client.client_secret === undefined && { code_challenge: CHALLENGE }),
      ...(fields.session_token === undefined && member),
      ...fields,
    });
    return authorization_code;
  }
  const exchange = (client: TestClient, code: string, fields: Record<string, string> = {}) =>
    post("/v1/oauth2/token", {
      grant_type: "authorization_code",
      code,
      redirect_uri: CALLBACK,
      ...client,
      ...(client.client_secret === undefined && { code_verifier: VERIFIER }),
      ...fields,
    });

  return {
    ...context,
    member,
    post,
    codeFor,
    exchange,
    advance: (milliseconds) => {
      offset += milliseconds;
    },
    newClient: async (client_type, fields = {}) => {
      const { connected_app } = await stytch.connectedApp.clients.create({
        client_type,
        redirect_urls: [CALLBACK],
        ...fields,
      });
      const { client_id, client_secret } = connected_app;
      return { client_id, ...(client_secret !== undefined && { client_secret }) };
    },
    tokensFor: async (client, scopes) => {
      const { body } = await exchange(client, await codeFor(client, { scopes }));
      return { access_token: String(body.access_token), refresh_token: String(body.refresh_token) };
    },
  };
}

export async function answerOf(response: Response): Promise<Answer> {
  const body = (await response.json()) as Record<string, unknown>;
  return { status: response.status, headers: response.headers, body };
}

/** `"404 invalid_grant idp_auth_code_not_found"`, or `"ok"`. */
export const summary = ({ status, body }: Answer): string =>
  status < 400 ? "ok" : `${status} ${body.error} ${body.error_type}`;

export const basicOf = (username = "", password = ""): Record<string, string> => ({
  authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`,
});

/** An active Member of Northwind, which allows every app, whose only given role this is. */
export function memberWithRole({ state }: EmulatorWithSdk["emulator"], role: string): OAuthContext["member"] {
  const { organization_id } = state.requireOrganization("northwind");
  const found = [...state.members.ofOrganization(organization_id)].find(
    ({ status, roles }) => status === "active" && roles.length === 1 && roles[0]?.role_id === role,
  );
  if (!found) throw new Error(`no Member has the role ${role}`);
  return { organization_id, member_id: found.member_id };
}
