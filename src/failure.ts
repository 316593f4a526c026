/** `extensions.code` of top-level errors, and the HTTP status when nothing could be answered, for GraphQL and pages alike. */
export const STATUS = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  BAD_USER_INPUT: 400,
  NOT_FOUND: 404,
  COST_LIMIT_EXCEEDED: 400,
  RATE_LIMITED: 429,
  UPSTREAM_RATE_LIMITED: 503,
  UPSTREAM_UNAVAILABLE: 502,
  UPSTREAM_TIMEOUT: 504,
  LEDGER_UNAVAILABLE: 503,
  OVERLOADED: 503,
  INTERNAL_SERVER_ERROR: 500,
} as const;
export type ErrorCode = keyof typeof STATUS;
export const ERROR_CODES = Object.keys(STATUS) as ErrorCode[];

/** What a caller reads when nothing more exact is known. */
const TEXT: Record<ErrorCode, string> = {
  UNAUTHENTICATED: "Your session is not valid any more. Sign in again.",
  FORBIDDEN: "Your roles do not allow this.",
  BAD_USER_INPUT: "Stytch refused a value of this request.",
  NOT_FOUND: "Not found.",
  COST_LIMIT_EXCEEDED: "This query costs too much.",
  RATE_LIMITED: "Too many requests. Wait, then try again.",
  UPSTREAM_RATE_LIMITED: "Stytch is limiting requests. Wait, then try again.",
  UPSTREAM_UNAVAILABLE: "Stytch could not be reached or answered with an error. Try again later.",
  UPSTREAM_TIMEOUT: "Stytch did not answer in time. Try again later.",
  LEDGER_UNAVAILABLE: "The ledger cannot be written, so nothing was sent. Try again later.",
  OVERLOADED: "This gateway has more to do than it can. Wait, then try again.",
  INTERNAL_SERVER_ERROR: "Something went wrong on our side. Quote the request id when you ask for help.",
};

/** Expected outcomes of a mutation. */
export type UserErrorCode =
  | "INVALID"
  | "NOT_FOUND"
  | "ROTATION_IN_PROGRESS"
  | "ROTATION_NOT_STARTED"
  | "CLIENT_HAS_NO_SECRET"
  | "LIMIT_REACHED"
  | "REFUSED_BY_POLICY"
  | "SCOPE_NOT_GRANTABLE"
  | "REQUEST_EXPIRED"
  | "CONSENT_CHANGED"
  | "IDEMPOTENCY_KEY_REUSED"
  | "APP_ALREADY_ALLOWED"
  | "APP_REQUEST_OPEN"
  | "APP_REQUEST_DECIDED";

/** RFC 6749 4.1.2.1. */
export type OAuthError =
  | "invalid_request"
  | "unsupported_response_type"
  | "invalid_scope"
  | "unauthorized_client"
  | "server_error";

/** One expected reason why nothing was done. The mutations show it as a `UserError`, the page in words or as a redirect. */
export interface Problem {
  code: UserErrorCode;
  /** Path inside the mutation's input; `null` when no single field is to blame. */
  field: string[] | null;
  /** ASCII without quotes and backslashes, as `error_description` asks, wherever `oauth` is set. */
  message: string;
  /** What an OAuth client is told; `null` where the client or its redirect URI is in doubt: nobody is sent there. */
  oauth: OAuthError | null;
}

/** What one of Stytch's error types, or one of our own codes, means here. One row has everything. */
interface Meaning {
  code: ErrorCode;
  text?: string;
  /** Set where a caller can cause it and mend it: then it is a `userError`. */
  userError?: UserErrorCode;
  field?: string[];
  /** Set for what the authorization endpoints answer; see `Problem.oauth`. */
  oauth?: OAuthError | null;
}

const meaning = (code: ErrorCode, rest: Omit<Meaning, "code"> = {}): Meaning => ({ code, ...rest });
const invalid = (field: string[] | null, text: string): Meaning =>
  meaning("BAD_USER_INPUT", { userError: "INVALID", ...(field && { field }), text });
const ourFault = meaning("INTERNAL_SERVER_ERROR");
const signInAgain = meaning("UNAUTHENTICATED");

export const NO_SUCH = {
  connectedApp: "There is no such Connected App.",
  member: "There is no such Member in this Organization.",
  organization: "There is no such Organization.",
} as const;

const unknown = (what: keyof typeof NO_SUCH, field: string, oauth: OAuthError | null): Meaning =>
  meaning("NOT_FOUND", { userError: "NOT_FOUND", field: [field], text: NO_SUCH[what], oauth });

/** Our own project credentials were refused: our fault, not the caller's. */
export const CREDENTIALS_REFUSED = [
  "unauthorized_credentials",
  "wrong_stack_test",
  "wrong_stack_live",
  "live_id_used_in_test_environment",
] as const;

/** By Stytch's `error_type`: the thing to branch on, never status or message (https://stytch.com/docs/api/errors). */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ...CREDENTIALS_REFUSED.map((type) => [type, ourFault] as const),
  // Our base URL, or a path of ours: a fault of this program, or of STYTCH_BASE_URL.
  ["use_https", ourFault],
  ["route_not_found", ourFault],
  ["method_not_allowed", ourFault],

  ["session_not_found", signInAgain],
  ["unable_to_parse_session_jwt", signInAgain],
  ["invalid_session_token", signInAgain],
  ["jwt_invalid_audience", signInAgain],
  ["jwt_invalid_issuer", signInAgain],
  ["jwt_invalid_claims", signInAgain],
  ["session_authorization_error", meaning("FORBIDDEN")],
  ["organization_suspended", meaning("FORBIDDEN", { text: "This Organization is suspended at Stytch." })],

  ["too_many_requests", meaning("UPSTREAM_RATE_LIMITED")],
  ["search_timeout", meaning("UPSTREAM_TIMEOUT")],

  ["connected_app_not_found", unknown("connectedApp", "clientId", null)],
  ["member_not_found", unknown("member", "memberId", "server_error")],
  ["organization_not_found", unknown("organization", "organizationId", "server_error")],
  // The other tenant's record must look like an unknown one. No oauth: the page never asks about another tenant.
  [
    "session_authorization_tenancy_error",
    meaning("NOT_FOUND", { userError: "NOT_FOUND", field: ["organizationId"], text: NO_SUCH.organization }),
  ],

  [
    "connected_app_already_rotating_secret",
    meaning("BAD_USER_INPUT", {
      userError: "ROTATION_IN_PROGRESS",
      field: ["clientId"],
      text: "A secret rotation is already open. Complete it or cancel it, then start again.",
    }),
  ],
  [
    "connected_app_not_rotating_secret",
    meaning("BAD_USER_INPUT", {
      userError: "ROTATION_NOT_STARTED",
      field: ["clientId"],
      text: "No secret rotation is open. Start one with rotateSecret.",
    }),
  ],
  [
    "public_connected_apps_do_not_have_secrets",
    meaning("BAD_USER_INPUT", {
      userError: "CLIENT_HAS_NO_SECRET",
      field: ["clientId"],
      text: "Public clients have no secret to rotate.",
    }),
  ],
  [
    "too_many_connected_apps",
    meaning("BAD_USER_INPUT", {
      userError: "LIMIT_REACHED",
      text: "The Stytch plan does not allow one more Connected App.",
    }),
  ],
  [
    "too_many_redirect_urls",
    meaning("BAD_USER_INPUT", {
      userError: "LIMIT_REACHED",
      field: ["redirectUrls"],
      text: "There are too many redirect URLs.",
    }),
  ],
  [
    "third_party_clients_cannot_use_full_access",
    invalid(["fullAccessAllowed"], "Only first-party apps may have full access."),
  ],
  [
    "third_party_clients_require_consent_for_offline_access",
    invalid(["bypassConsentForOfflineAccess"], "Only first-party apps may skip consent for offline access."),
  ],
  ["invalid_connected_app_type", invalid(["clientType"], "This client type is not known to Stytch.")],
  [
    "idp_invalid_access_token_expiry_minutes",
    invalid(["accessTokenExpiryMinutes"], "Stytch does not accept this number of minutes."),
  ],
  [
    "idp_invalid_access_token_custom_audience",
    invalid(["accessTokenCustomAudience"], "Stytch does not accept this audience."),
  ],
  [
    "idp_invalid_access_token_jwt_template",
    invalid(["accessTokenTemplateContent"], "Stytch does not accept this template."),
  ],

  // Answers of `authorizeStart` and `authorize`.
  [
    "connected_app_not_allowed_for_org",
    meaning("BAD_USER_INPUT", {
      userError: "REFUSED_BY_POLICY",
      field: ["clientId"],
      text: "The Organization's Connected App policy does not allow this app.",
      oauth: "unauthorized_client",
    }),
  ],
  [
    "connected_app_misconfigured_client",
    { ...invalid(["clientId"], "This app is not completely set up: it may have no redirect URI."), oauth: null },
  ],
  [
    "connected_app_supplied_redirect_url_not_found_in_client",
    {
      ...invalid(
        ["redirectUri"],
        "The redirect URI is not registered for this app. It must match a registered one exactly.",
      ),
      oauth: null,
    },
  ],
  [
    "oauth_invalid_scope_requested",
    {
      ...invalid(["scopes"], "A scope does not exist, or none was asked for that can be given."),
      oauth: "invalid_scope",
    },
  ],
  [
    "oidc_prompt_none_must_be_exclusive",
    { ...invalid(["prompt"], "The prompt none cannot be combined."), oauth: "invalid_request" },
  ],
  [
    "invalid_pkce_code_challenge",
    { ...invalid(["codeChallenge"], "The code challenge is malformed."), oauth: "invalid_request" },
  ],
  [
    "pkce_required_for_idp_authorization_flow",
    { ...invalid(["codeChallenge"], "Public clients must send a PKCE code challenge."), oauth: "invalid_request" },
  ],
  // Elsewhere these two stay top-level errors with Stytch's own words.
  ["bad_request", meaning("BAD_USER_INPUT", { oauth: null })],
  ["invalid_argument", meaning("BAD_USER_INPUT", { oauth: "invalid_request" })],
]);

/** Families of error types whose text is Stytch's own, because only it says what is wrong with the value. */
const FAMILIES: readonly [RegExp, Meaning][] = [
  [
    /^connected_app_(invalid_)?redirect_url/,
    meaning("BAD_USER_INPUT", { userError: "INVALID", field: ["redirectUrls"] }),
  ],
  [/^jwt_template_/, meaning("BAD_USER_INPUT", { userError: "INVALID" })],
  [/_not_found$/, meaning("NOT_FOUND")],
];

function meaningOf(errorType: string, status: number): Meaning {
  const known = MEANINGS.get(errorType) ?? FAMILIES.find(([pattern]) => pattern.test(errorType))?.[1];
  if (known) return known;
  if (status === 429) return meaning("UPSTREAM_RATE_LIMITED");
  return meaning(status >= 500 ? "UPSTREAM_UNAVAILABLE" : "BAD_USER_INPUT");
}

export interface FailureDetails {
  stytchErrorType?: string;
  stytchRequestId?: string;
  retryAfterSeconds?: number;
  /** The answer to a write was lost: nobody knows whether it was done. */
  outcome?: "UNKNOWN";
  /** Numbers that belong to the message, such as a query's cost and the limit. */
  [key: string]: unknown;
}

/** Where an OAuth answer goes: only ever a redirect URI that Stytch has said to be registered. */
export interface ReturnTarget {
  clientId: string;
  redirectUri: string;
  state?: string | undefined;
}

/** A failure whose message was written for the caller. Any other error is masked. It knows no transport. */
export class Failure extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string = TEXT[code],
    readonly details: FailureDetails = {},
    cause?: Error,
    /** Expected reasons; not empty where a mutation answers with `userErrors`. */
    readonly problems: readonly Problem[] = [],
    /** Set once client and redirect URI are verified: the OAuth client may be told. */
    readonly returnTo: ReturnTarget | null = null,
  ) {
    super(message, cause && { cause });
  }

  get status(): number {
    return STATUS[this.code];
  }

  get isOutcomeUnknown(): boolean {
    return this.details.outcome === "UNKNOWN";
  }

  isStytch(errorType: string): boolean {
    return this.details.stytchErrorType === errorType;
  }
}

/** Stytch's own answer as a failure. `words` is its message: shown only where nothing of ours says more. */
export function stytchFailure(errorType: string, status: number, words: string, requestId?: string): Failure {
  const { code, userError, text } = meaningOf(errorType, status);
  // Words for an expected reason are about a mutation's input.
  const ours = (userError === undefined ? text : undefined) ?? TEXT[code];
  return new Failure(code, code === "BAD_USER_INPUT" && words ? `Stytch refused it: ${words}` : ours, {
    stytchErrorType: errorType,
    ...(requestId && { stytchRequestId: requestId }),
  });
}

export const problem = (
  code: UserErrorCode,
  field: string[] | null,
  message: string,
  oauth: OAuthError | null = null,
): Problem => ({ code, field, message, oauth });

/** What was asked is refused for these reasons; nothing was done. */
export function refused(problems: readonly [Problem, ...Problem[]], returnTo: ReturnTarget | null = null): Failure {
  const code = problems[0].code === "NOT_FOUND" ? "NOT_FOUND" : "BAD_USER_INPUT";
  return new Failure(code, problems.map(({ message }) => message).join(" "), {}, undefined, problems, returnTo);
}

/** Throws what is wrong with an input, if anything is. */
export function refuseIfAny(problems: readonly Problem[]): void {
  const [first, ...rest] = problems;
  if (first) throw refused([first, ...rest]);
}

/** For a mutation's input: unknown and another tenant's look the same. */
export const noSuch = (what: keyof typeof NO_SUCH, ...field: string[]): Problem =>
  problem("NOT_FOUND", field, NO_SUCH[what]);

/** For a field that needs an object which is gone, or not the caller's. */
export const notFound = (what: "Member" | "Organization" | "Connected App"): Failure =>
  new Failure("NOT_FOUND", `${what} not found.`);

/**
 * The expected reasons in a failure of a mutation; none where it has to stay a top-level error. `fields` renames what
 * the table calls a field to what this mutation's input calls it, e.g. `clientId` to `["connectedAppId"]`.
 */
export function problemsOf(failure: Failure, fields: Record<string, string[]> = {}): readonly Problem[] {
  if (failure.problems.length > 0) return failure.problems;
  const { stytchErrorType: type } = failure.details;
  if (!type || failure.isOutcomeUnknown) return [];
  const { userError, field, text, oauth = null } = meaningOf(type, failure.status);
  if (!userError) return [];
  const name = field?.[0];
  const path = name === undefined ? null : (fields[name] ?? [name]);
  return [problem(userError, path, text ?? failure.message, oauth)];
}

/** A failure of `authorizeStart` or `authorize` as a refusal; anything that they do not answer by design as it was. */
export function toRefusal(error: unknown, target: ReturnTarget): unknown {
  const type = error instanceof Failure && !error.isOutcomeUnknown ? error.details.stytchErrorType : undefined;
  const found = type === undefined ? undefined : MEANINGS.get(type);
  if (found?.oauth === undefined) return error;
  const field = found.field?.[0];
  const path = field === "memberId" || field === "organizationId" ? ["member", field] : (found.field ?? null);
  const text = found.text ?? (found.oauth === null ? UNREADABLE : NOT_ACCEPTED);
  return refused([problem(found.userError ?? "INVALID", path, text, found.oauth)], found.oauth && target);
}

const UNREADABLE = "Stytch could not read this request.";
const NOT_ACCEPTED = "Stytch does not accept a value of this request.";
