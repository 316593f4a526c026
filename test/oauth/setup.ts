import { directRoles } from "stytch-emulator";
import { memberWithRole } from "../../packages/stytch-emulator/test/oauth/setup";
import type { ClientType, StartAuthorizationInput } from "../generated/graphql";
import {
  CreateClientDocument,
  type CreateClientInput,
  StartAuthorizationDocument,
  SubmitConsentDocument,
} from "../generated/graphql";
import { startTestGateway, type TestGateway, type TestGatewayOptions } from "../support/gateway";

export const CALLBACK = "https://app.example/cb?tenant=7";
export const CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
/** Who registered the app: asked once for each app, by the page. */
export const REGISTRATION = "GET /v1/connected_apps/clients/:client_id";
/** What the Member gave before: asked each time that the page is shown. */
export const MEMBER_APPS = "GET /v1/b2b/organizations/:organization_id/members/:member_id/connected_apps";
export const START = "POST /v1/b2b/idp/oauth/authorize/start";
export const AUTHORIZE = "POST /v1/b2b/idp/oauth/authorize";

export interface ConsentTests extends TestGateway {
  /** A Member of Northwind who may read and write the ledger. */
  bookkeeper: string;
  advance(milliseconds: number): void;
  newClient(
    clientType: ClientType,
    fields?: Partial<CreateClientInput>,
  ): Promise<{ id: string; secret: string | null }>;
  /** Gives the bookkeeper these roles and no others. */
  setRoles(roles: string[]): void;
  setPolicy(mode: "ALL_ALLOWED" | "NOT_ALLOWED"): void;
}

export async function startConsentTests(options: TestGatewayOptions = {}): Promise<ConsentTests> {
  let offset = 0;
  const gateway = await startTestGateway({ clock: () => new Date(Date.now() + offset), ...options });
  const { state } = gateway.emulator;
  const service = await gateway.asService();
  const { member_id, organization_id } = memberWithRole(gateway.emulator, "bookkeeper");
  return {
    ...gateway,
    bookkeeper: member_id,
    advance: (milliseconds) => {
      offset += milliseconds;
    },
    async newClient(clientType, fields = {}) {
      const input = { clientType, name: "Books", redirectUrls: [CALLBACK], ...fields };
      const { createClient } = await service.request(CreateClientDocument, { input });
      if (!createClient?.connectedApp) throw new Error(JSON.stringify(createClient?.userErrors));
      return { id: createClient?.connectedApp.id, secret: createClient?.clientSecret ?? null };
    },
    setRoles: (roles) => {
      const member = state.requireMember(organization_id, member_id);
      state.members.save({ ...member, roles: directRoles(roles) });
    },
    setPolicy: (mode) => {
      const organization = state.requireOrganization(organization_id);
      state.organizations.save({ ...organization, third_party_connected_apps_allowed_type: mode });
    },
  };
}

export interface Form {
  _csrf: string;
  request_id: string;
  decision: string;
  /** The boxes, all ticked. */
  scope: string[];
}

export type Fields = Record<string, string | string[]> | [string, string][];

/** As a browser sends them: a field for each ticked box. */
export const pairsOf = (fields: Fields): [string, string][] =>
  Array.isArray(fields)
    ? fields
    : Object.entries(fields).flatMap(([name, value]) => [value].flat().map((one): [string, string] => [name, one]));

/** A cookie jar and nothing else: no redirect is followed. */
export class Browser {
  readonly cookies = new Map<string, string>();

  constructor(readonly origin: string) {}

  async get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.send(path, { headers });
  }

  async submit(fields: Fields, headers: Record<string, string> = {}) {
    return this.post("/oauth/authorize/submit", fields, headers);
  }

  async post(path: string, fields: Fields, headers: Record<string, string> = {}) {
    return this.send(path, { method: "POST", body: new URLSearchParams(pairsOf(fields)), headers });
  }

  private async send(path: string, init: RequestInit): Promise<Response> {
    const cookie = [...this.cookies].map((pair) => pair.join("=")).join("; ");
    const response = await fetch(this.origin + path, {
      ...init,
      redirect: "manual",
      headers: { ...init.headers, ...(cookie && { cookie }) },
    });
    for (const line of response.headers.getSetCookie()) {
      const [name = "", value = ""] = (line.split(";")[0] ?? "").split("=");
      this.cookies.set(name, value);
    }
    return response;
  }
}

export async function signedIn({ url, emulator }: TestGateway, memberId: string): Promise<Browser> {
  const browser = new Browser(url);
  browser.cookies.set("stytch_session_jwt", (await emulator.mintSession({ memberId })).session_jwt);
  return browser;
}

export type Query = Record<string, string> | [string, string][];
export const authorizePath = (query: Query) => `/oauth/authorize?${new URLSearchParams(query)}`;

export function readForm(markup: string, decision: "allow" | "deny" = "allow"): Form {
  const field = (name: string) => new RegExp(`name="${name}" value="([^"]+)"`).exec(markup)?.[1] ?? "";
  const scope = [...markup.matchAll(/name="scope" value="([^"]+)"/g)].map(([, value = ""]) => value);
  return { _csrf: field("_csrf"), request_id: field("request_id"), decision, scope };
}

export async function openForm(browser: Browser, query: Query, decision: "allow" | "deny" = "allow"): Promise<Form> {
  const response = await browser.get(authorizePath(query));
  if (response.status !== 200) throw new Error(`${response.status} ${response.headers.get("location")}`);
  return readForm(await response.text(), decision);
}

export interface Outcome {
  /** Parameters of the redirect, without the value of the code. */
  answer?: Record<string, string>;
  refused?: string;
}

export interface Flow {
  query: Record<string, string>;
  decision: "allow" | "deny";
  between?: () => void;
}

export function answerOf(address: string | null | undefined): Outcome {
  if (!address) throw new Error("no redirect address");
  const answer = Object.fromEntries(new URL(address).searchParams);
  return { answer: { ...answer, ...(answer.code && { code: "issued" }) } };
}

/** The built-in page, as a browser uses it. */
export async function throughPage(tests: ConsentTests, { query, decision, between }: Flow): Promise<Outcome> {
  const browser = await signedIn(tests, tests.bookkeeper);
  tests.calls();
  const shown = await browser.get(authorizePath(query));
  if (shown.status === 303) return answerOf(shown.headers.get("location"));
  const markup = await shown.text();
  if (shown.status !== 200) return { refused: heading(markup) };
  between?.();
  const response = await browser.submit({ ...readForm(markup, decision) });
  if (response.status === 303) return answerOf(response.headers.get("location"));
  return { refused: heading(await response.text()) };
}

/** A frontend's own page, on the mutations. */
export async function throughMutations(tests: ConsentTests, { query, decision, between }: Flow): Promise<Outcome> {
  const client = await tests.as(tests.bookkeeper);
  tests.calls();
  const { startAuthorization } = await client.request(StartAuthorizationDocument, { input: inputOf(query) });
  const { authorizationRequest: request, userErrors } = startAuthorization ?? {};
  if (!request) return { refused: String(userErrors?.[0]?.code) };
  between?.();
  const wanted = request.consentRequired && decision === "deny" ? "DENY" : "ALLOW";
  const input = { authorizationRequestId: request.id, decision: wanted } as const;
  const { submitConsent } = await client.request(SubmitConsentDocument, { input });
  if (!submitConsent?.redirectUri) return { refused: String(submitConsent?.userErrors[0]?.code) };
  return answerOf(submitConsent?.redirectUri);
}

export const heading = (markup: string): string => /<h1>(.*?)<\/h1>/.exec(markup)?.[1] ?? "";

export function inputOf(query: Record<string, string>): StartAuthorizationInput {
  const { client_id = "", redirect_uri = "", scope, state, nonce, prompt, code_challenge, resource } = query;
  return {
    clientId: client_id,
    redirectUri: redirect_uri,
    scopes: scope?.split(" "),
    state,
    nonce,
    prompt,
    codeChallenge: code_challenge,
    codeChallengeMethod: query.code_challenge_method,
    resources: resource === undefined ? undefined : [resource],
    ...(query.response_type !== undefined && { responseType: query.response_type }),
  };
}
