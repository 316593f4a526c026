import type { ConnectedAppPublic, Member, Organization } from "stytch";
import type { Viewer } from "../auth/viewer";
import { GatewayError } from "../errors";
import type { StytchClient } from "../stytch/client";
import type { AuthorizationParameters } from "./authorization-request";
import { checkAnswerUrl, denialUrl } from "./redirect";
import {
  AuthorizationRefused,
  CONSENT_CHANGED,
  NOTHING_CHOSEN,
  PKCE_REQUIRED,
  REQUEST_EXPIRED,
  type ReturnTarget,
  refuse,
  toRefusal,
} from "./refusal";
import type { RequestStore, StoredRequest } from "./request-store";

export type MemberReference = NonNullable<StoredRequest["member"]>;

/** A pending consent with the records that Stytch answered beside it. */
export interface PendingConsent {
  request: StoredRequest;
  client: ConnectedAppPublic;
  member: Member;
  organization: Organization;
}

export interface Submission {
  requestId: string;
  decision: "ALLOW" | "DENY";
  /** Fewer than were shown; all that were shown as grantable when left out. */
  scopes?: readonly string[] | null | undefined;
}

export interface Decided {
  /** Where the browser goes now, granted or not. */
  redirectUri: string;
  granted: boolean;
  clientId: string;
}

/** The only code that grants or denies. The page and the mutations are two skins over it. */
export interface Consent {
  /** One `authorizeStart`. Grants nothing. `member` is for services, which have no session of their own. */
  startAuthorization(
    viewer: Viewer,
    stytch: StytchClient,
    parameters: AuthorizationParameters,
    member?: MemberReference | null,
  ): Promise<PendingConsent>;
  /** One `authorizeStart`, then one `authorize`. The stored request is used up just before the latter. */
  submitConsent(viewer: Viewer, stytch: StytchClient, submission: Submission): Promise<Decided>;
  /**
   * One `authorizeStart`, since Members' records are not stored; the scopes are those that were shown. `null` as well
   * when Stytch would refuse it by now.
   */
  read(viewer: Viewer, stytch: StytchClient, requestId: string): Promise<PendingConsent | null>;
  /** Whether errors may be sent there: one `authorizeStart` with nothing else in it that could be wrong. */
  verifyReturnTarget(viewer: Viewer, stytch: StytchClient, target: ReturnTarget): Promise<ReturnTarget>;
}

export function createConsent(store: RequestStore): Consent {
  async function requireRequest(viewer: Viewer, requestId: string): Promise<StoredRequest> {
    const request = await store.find(requestId, ownerOf(viewer));
    if (!request) throw new AuthorizationRefused([REQUEST_EXPIRED]);
    return request;
  }

  return {
    async startAuthorization(viewer, stytch, parameters, reference) {
      const member = reference ?? null;
      checkReference(viewer, member);
      const started = await start(viewer, stytch, parameters, member);
      if (started.client.client_type.endsWith("_public") && parameters.codeChallenge === undefined) {
        // Only `authorize` checks this upstream: too late for a Member who has decided by then.
        throw new AuthorizationRefused([PKCE_REQUIRED], parameters);
      }
      const scopes = started.scope_results.map(({ scope, description, is_grantable }) => ({
        scope,
        description,
        grantable: is_grantable,
      }));
      const consentRequired = started.consent_required;
      const owner = ownerOf(viewer);
      return { ...started, request: await store.add({ owner, parameters, member, scopes, consentRequired }) };
    },

    async submitConsent(viewer, stytch, { requestId, decision, scopes }) {
      const request = await requireRequest(viewer, requestId);
      return decision === "ALLOW" ? allow(viewer, stytch, request, scopes) : deny(viewer, stytch, request);
    },

    async read(viewer, stytch, requestId) {
      const request = await store.find(requestId, ownerOf(viewer));
      if (!request) return null;
      try {
        return { ...(await start(viewer, stytch, request.parameters, request.member)), request };
      } catch (error) {
        if (error instanceof AuthorizationRefused) return null;
        throw error;
      }
    },

    async verifyReturnTarget(viewer, stytch, target) {
      try {
        await start(viewer, stytch, { ...target, scopes: ["openid"], resources: [] }, null);
      } catch (error) {
        // Refused for a reason that comes after client and redirect URI: those two are known then.
        if (!(error instanceof AuthorizationRefused) || !error.returnTo) throw error;
      }
      return target;
    },
  };

  async function allow(
    viewer: Viewer,
    stytch: StytchClient,
    request: StoredRequest,
    wanted: readonly string[] | null | undefined,
  ): Promise<Decided> {
    const { parameters, consentRequired } = request;
    const fresh = await start(viewer, stytch, parameters, request.member);
    if (fresh.consent_required && !consentRequired) throw new AuthorizationRefused([CONSENT_CHANGED]);
    const grantableNow = new Set(fresh.scope_results.filter((now) => now.is_grantable).map(({ scope }) => scope));
    const scopes = chooseScopes(request, grantableNow, wanted);
    await claim(request);
    // `false` still grants what needs no consent, and nothing that has come to need it since a moment ago.
    const answer = await authorize(viewer, stytch, request, { ...parameters, scopes }, consentRequired);
    if (!answer.authorization_code && !consentRequired) throw new AuthorizationRefused([CONSENT_CHANGED]);
    return {
      redirectUri: checkAnswerUrl(answer.redirect_uri, parameters, answer.authorization_code),
      granted: Boolean(answer.authorization_code),
      clientId: parameters.clientId,
    };
  }

  /** Stytch takes `consent_granted: false` for a denial only where consent is required, so a denial requires it. */
  async function deny(viewer: Viewer, stytch: StytchClient, request: StoredRequest): Promise<Decided> {
    const parameters = { ...request.parameters, prompt: "consent" as const };
    const fresh = await start(viewer, stytch, parameters, request.member);
    await claim(request);
    if (!fresh.consent_required)
      return { redirectUri: denialUrl(parameters), granted: false, clientId: parameters.clientId };
    const answer = await authorize(viewer, stytch, request, parameters, false);
    if (answer.authorization_code) {
      throw new GatewayError("UPSTREAM_UNAVAILABLE", "Stytch answered a denial with a grant. It was not passed on.");
    }
    const redirectUri = checkAnswerUrl(answer.redirect_uri, parameters, undefined);
    return { redirectUri, granted: false, clientId: parameters.clientId };
  }

  async function claim({ id }: StoredRequest): Promise<void> {
    if (!(await store.claim(id))) throw new AuthorizationRefused([REQUEST_EXPIRED]);
  }
}

const ownerOf = (viewer: Viewer) =>
  viewer.kind === "member" ? `session:${viewer.sessionId}` : `service:${viewer.clientId}`;

function checkReference(viewer: Viewer, member: MemberReference | null): void {
  if (viewer.kind === "service" && !member) {
    throw new AuthorizationRefused([refuse("INVALID", ["member"], "Services must say for which Member they ask.")]);
  }
  if (viewer.kind === "member" && member) {
    const message = "Members ask for themselves only. Leave member out.";
    throw new AuthorizationRefused([refuse("INVALID", ["member"], message)]);
  }
}

/** Shown as grantable, grantable now, and among the wanted ones if any were named; wanting others is refused. */
function chooseScopes(
  { scopes, parameters }: StoredRequest,
  grantableNow: ReadonlySet<string>,
  wanted: readonly string[] | null | undefined,
): string[] {
  const shown = scopes.filter(({ grantable }) => grantable).map(({ scope }) => scope);
  const wish = wanted ? [...new Set(wanted)] : shown;
  const chosen = wish.filter((scope) => grantableNow.has(scope));
  if (chosen.length > 0 && wish.every((scope) => shown.includes(scope))) return chosen;
  // Nobody is sent back to the app for having left every box empty: the question is still open.
  if (wish.length === 0 && shown.length > 0) throw new AuthorizationRefused([NOTHING_CHOSEN], null);
  const message = wish.length > 0 ? "Only scopes that were shown as grantable can be given." : "No scope can be given.";
  throw new AuthorizationRefused([refuse("SCOPE_NOT_GRANTABLE", ["scopes"], message, "invalid_scope")], parameters);
}

async function start(
  viewer: Viewer,
  stytch: StytchClient,
  parameters: AuthorizationParameters,
  member: MemberReference | null,
) {
  try {
    return await stytch.startAuthorization(fieldsOf(viewer, parameters, member));
  } catch (error) {
    throw toRefusal(error, parameters);
  }
}

async function authorize(
  viewer: Viewer,
  stytch: StytchClient,
  { member }: StoredRequest,
  parameters: AuthorizationParameters,
  consentGranted: boolean,
) {
  const { state, nonce, codeChallenge, resources } = parameters;
  try {
    return await stytch.authorize({
      ...fieldsOf(viewer, parameters, member),
      consent_granted: consentGranted,
      ...(state !== undefined && { state }),
      ...(nonce !== undefined && { nonce }),
      ...(codeChallenge !== undefined && { code_challenge: codeChallenge }),
      ...(resources.length > 0 && { resources }),
    });
  } catch (error) {
    throw toRefusal(error, parameters);
  }
}

/** What both calls take. Stytch validates afresh in the second, so it must be told the same again. */
const fieldsOf = (viewer: Viewer, parameters: AuthorizationParameters, member: MemberReference | null) => ({
  client_id: parameters.clientId,
  redirect_uri: parameters.redirectUri,
  response_type: "code",
  scopes: parameters.scopes,
  ...(parameters.prompt && { prompt: parameters.prompt }),
  ...identityOf(viewer, member),
});

function identityOf(viewer: Viewer, member: MemberReference | null) {
  if (viewer.kind === "member") return viewer.session.identity;
  return { organization_id: member?.organizationId ?? "", member_id: member?.memberId ?? "" };
}
