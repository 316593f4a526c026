import type { ConnectedAppPublic, Member, Organization } from "stytch";
import type { Caller } from "../caller/caller";
import { Failure, problem, type ReturnTarget, refused, toRefusal } from "../failure";
import type { AuditAction } from "../ledger/event";
import type { Deed } from "../ledger/recorder";
import type { StytchWrites } from "../stytch/writes";
import { underOwnId } from "./client-record";
import type { AuthorizationParameters } from "./parameters";
import { checkAnswerUrl, denialUrl } from "./redirect";
import type { RequestStore, StoredRequest } from "./request-store";

const requestField = ["authorizationRequestId"];
const requestExpired = () =>
  refused([
    problem("REQUEST_EXPIRED", requestField, "This authorization request is used, expired or not yours. Start again."),
  ]);
const consentChanged = () =>
  refused([
    problem(
      "CONSENT_CHANGED",
      requestField,
      "What must be asked of the Member has changed since it was shown. Start again.",
    ),
  ]);

/** Without an OAuth error: the question is still open, so nobody is sent away from it. */
const nothingChosen = () =>
  refused([problem("SCOPE_NOT_GRANTABLE", ["scopes"], "No scope was chosen. Choose at least one, or deny.")]);

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
}

/** The only code that grants or denies. The page and the mutations are two skins over it. */
export interface Consent {
  /** One `authorizeStart`. Grants nothing. `member` is for services, which have no session of their own. */
  startAuthorization(
    caller: Caller,
    parameters: AuthorizationParameters,
    member?: MemberReference | null,
  ): Promise<PendingConsent>;
  /** One `authorizeStart`, then one `authorize`. The stored request is used up just before the latter. */
  submitConsent(caller: Caller, submission: Submission): Promise<Decided>;
  /**
   * One `authorizeStart`, since Members' records are not stored; the scopes are those that were shown. `null` as well
   * when Stytch would refuse it by now.
   */
  read(caller: Caller, requestId: string): Promise<PendingConsent | null>;
  /** What was asked; no call to Stytch. */
  find(caller: Caller, requestId: string): Promise<StoredRequest | null>;
  /** Whether errors may be sent there: one `authorizeStart` with nothing else in it that could be wrong. */
  verifyReturnTarget(caller: Caller, target: ReturnTarget): Promise<ReturnTarget>;
}

export function createConsent(store: RequestStore): Consent {
  async function requireRequest(caller: Caller, requestId: string): Promise<StoredRequest> {
    const request = await store.find(requestId, caller.owner);
    if (!request) throw requestExpired();
    return request;
  }

  return {
    async startAuthorization(caller, parameters, reference) {
      const member = reference ?? null;
      checkReference(caller, member);
      const started = await start(caller, parameters, member);
      if (started.client.client_type.endsWith("_public") && parameters.codeChallenge === undefined) {
        // Only `authorize` checks this upstream: too late for a Member who has decided by then.
        throw refused([PKCE_REQUIRED], parameters);
      }
      const scopes = started.scope_results.map(({ scope, description, is_grantable }) => ({
        scope,
        description,
        grantable: is_grantable,
      }));
      const consentRequired = started.consent_required;
      const owner = caller.owner;
      return { ...started, request: await store.add({ owner, parameters, member, scopes, consentRequired }) };
    },

    async submitConsent(caller, { requestId, decision, scopes }) {
      const request = await requireRequest(caller, requestId);
      return decision === "ALLOW" ? allow(caller, request, scopes) : deny(caller, request);
    },

    async read(caller, requestId) {
      const request = await store.find(requestId, caller.owner);
      if (!request) return null;
      try {
        return { ...(await start(caller, request.parameters, request.member)), request };
      } catch (error) {
        if (isRefusal(error)) return null;
        throw error;
      }
    },

    find: (caller, requestId) => store.find(requestId, caller.owner),

    async verifyReturnTarget(caller, target) {
      try {
        await ask(caller, { ...target, scopes: ["openid"], resources: [] }, null);
      } catch (error) {
        // Refused for a reason that comes after client and redirect URI: those two are known then.
        if (!isRefusal(error) || !error.returnTo) throw error;
      }
      return target;
    },
  };

  async function allow(
    caller: Caller,
    request: StoredRequest,
    wanted: readonly string[] | null | undefined,
  ): Promise<Decided> {
    const { parameters, consentRequired } = request;
    const fresh = await start(caller, parameters, request.member);
    if (fresh.consent_required && !consentRequired) throw consentChanged();
    const grantableNow = new Set(fresh.scope_results.filter((now) => now.is_grantable).map(({ scope }) => scope));
    const scopes = chooseScopes(request, grantableNow, wanted);
    // A third party is not asked about only while it has a consent.
    const wasGranted = !fresh.consent_required && fresh.client.client_type.startsWith("third_party");
    const decided = await caller.perform(
      { ...deedOf("AUTHORIZATION_GRANTED", fresh, scopes), facts: { wasGranted } },
      async (stytch) => {
        await claim(request);
        // `false` still grants what needs no consent, and nothing that has come to need it since a moment ago.
        return toDecided(
          await authorize(stytch, caller, request, { ...parameters, scopes }, consentRequired),
          parameters,
        );
      },
      ({ granted }) => (granted ? {} : { outcome: "REFUSED", code: "CONSENT_CHANGED" }),
    );
    if (!decided.granted && !consentRequired) throw consentChanged();
    return decided;
  }

  /** Stytch takes `consent_granted: false` for a denial only where consent is required, so a denial requires it. */
  async function deny(caller: Caller, request: StoredRequest): Promise<Decided> {
    const parameters = { ...request.parameters, prompt: "consent" as const };
    const fresh = await start(caller, parameters, request.member);
    const decided = await caller.perform(
      deedOf("AUTHORIZATION_DENIED", fresh, parameters.scopes),
      async (stytch) => {
        await claim(request);
        if (!fresh.consent_required) {
          return { redirectUri: denialUrl(parameters), granted: false };
        }
        const answer = await authorize(stytch, caller, request, parameters, false);
        return answer.authorization_code ? null : toDecided(answer, parameters);
      },
      // What happened is written down, even where it must not happen.
      (denied) => (denied ? {} : { action: "AUTHORIZATION_GRANTED" }),
    );
    if (!decided) {
      throw new Failure("UPSTREAM_UNAVAILABLE", "Stytch answered a denial with a grant. It was not passed on.", {
        outcome: "UNKNOWN",
      });
    }
    return decided;
  }

  async function claim({ id }: StoredRequest): Promise<void> {
    if (!(await store.claim(id))) throw requestExpired();
  }
}

/**
 * Before the outcome is written: behind an address that is not the answer to this request nobody knows what Stytch did, code or
 * no code. @throws Failure of unknown outcome
 */
const toDecided = (
  { redirect_uri, authorization_code }: { redirect_uri: string; authorization_code?: string },
  parameters: AuthorizationParameters,
): Decided => ({
  redirectUri: checkAnswerUrl(redirect_uri, parameters, authorization_code || undefined),
  granted: Boolean(authorization_code),
});

const PKCE_REQUIRED = problem(
  "INVALID",
  ["codeChallenge"],
  "Public clients must send a PKCE code challenge.",
  "invalid_request",
);

/** From Stytch's own records, so that the log names what it was done to, whatever the request called it. */
const deedOf = (
  action: AuditAction,
  { organization, member, client }: { organization: Organization; member: Member; client: ConnectedAppPublic },
  scopes: readonly string[],
): Deed => ({
  action,
  organizationId: organization.organization_id,
  memberId: member.member_id,
  connectedAppId: client.client_id,
  scopes,
  detail: { clientType: client.client_type },
});

const isRefusal = (error: unknown): error is Failure => error instanceof Failure && error.problems.length > 0;

function checkReference(caller: Caller, member: MemberReference | null): void {
  if (caller.person === null && !member) {
    throw refused([problem("INVALID", ["member"], "Services must say for which Member they ask.")]);
  }
  if (caller.person !== null && member) {
    const message = "Members ask for themselves only. Leave member out.";
    throw refused([problem("INVALID", ["member"], message)]);
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
  if (wish.length === 0 && shown.length > 0) throw nothingChosen();
  const message = wish.length > 0 ? "Only scopes that were shown as grantable can be given." : "No scope can be given.";
  throw refused([problem("SCOPE_NOT_GRANTABLE", ["scopes"], message, "invalid_scope")], parameters);
}

async function start(caller: Caller, parameters: AuthorizationParameters, member: MemberReference | null) {
  const started = await ask(caller, parameters, member);
  return { ...started, client: await underOwnId(caller, started.client) };
}

const ask = (caller: Caller, parameters: AuthorizationParameters, member: MemberReference | null) =>
  caller.stytch
    .startAuthorization(fieldsOf(caller, parameters, member))
    .catch((error) => Promise.reject(toRefusal(error, parameters)));

async function authorize(
  stytch: StytchWrites,
  caller: Caller,
  { member }: StoredRequest,
  parameters: AuthorizationParameters,
  consentGranted: boolean,
) {
  const { state, nonce, codeChallenge, resources } = parameters;
  try {
    return await stytch.authorize({
      ...fieldsOf(caller, parameters, member),
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

/** What both calls take. Stytch validates afresh in the second, so it must be told the same again: the app's own words. */
const fieldsOf = (caller: Caller, parameters: AuthorizationParameters, member: MemberReference | null) => ({
  client_id: parameters.clientId,
  redirect_uri: parameters.redirectUri,
  response_type: "code",
  scopes: parameters.scopes,
  ...(parameters.prompt && { prompt: parameters.prompt }),
  ...identityOf(caller, member),
});

function identityOf(caller: Caller, member: MemberReference | null) {
  if (caller.person) return caller.person.session.identity;
  return { organization_id: member?.organizationId ?? "", member_id: member?.memberId ?? "" };
}
