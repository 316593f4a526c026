import { z } from "zod";
import { type OAuthError, type Problem, problem, type ReturnTarget, refuseIfAny } from "../failure";

/** What a client asks for, checked. `response_type` is always `code` and PKCE always S256, so neither is kept. */
export interface AuthorizationParameters {
  clientId: string;
  redirectUri: string;
  scopes: string[];
  state?: string | undefined;
  nonce?: string | undefined;
  prompt?: "consent" | undefined;
  codeChallenge?: string | undefined;
  resources: string[];
}

/** Characters of one value. Node reads at most 16 KiB of request line and headers. */
const MAX_LENGTH = 4096;
const MAX_SCOPES = 100;
const MAX_RESOURCES = 20;
/** Stytch refuses an empty list, while clients may leave `scope` out (RFC 6749 3.3). */
export const DEFAULT_SCOPES = ["openid", "email", "profile"];
/** RFC 6749 3.3. */
const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

const text = (name: string) =>
  z
    .string({ error: ({ input }) => `${name} ${input === undefined ? "is missing" : "must be a text"}.` })
    .max(MAX_LENGTH, `${name} must have at most ${MAX_LENGTH} characters.`);
const required = (name: string) => text(name).min(1, `${name} is missing.`);

const isAbsoluteUri = (value: string) => /^[\x21-\x7e]+$/.test(value) && URL.canParse(value) && !value.includes("#");

const isConsentOnly = (value: string) => value.split(" ").every((prompt) => prompt === "" || prompt === "consent");

const schema = z
  .object({
    clientId: required("client_id"),
    redirectUri: required("redirect_uri").refine(
      (value) => value === "" || isAbsoluteUri(value),
      "redirect_uri must be an absolute URI without a fragment.",
    ),
    responseType: z.literal("code", "response_type must be code.").default("code"),
    scopes: z
      .array(text("scope").regex(SCOPE_TOKEN, "scope has a character that scopes cannot have."))
      .max(MAX_SCOPES, `scope must have at most ${MAX_SCOPES} values.`)
      .default(DEFAULT_SCOPES)
      .transform((scopes) => [...new Set(scopes)])
      .refine((scopes) => scopes.length > 0, "scope is empty."),
    state: text("state").optional(),
    nonce: text("nonce").optional(),
    prompt: text("prompt")
      .refine(isConsentOnly, "prompt must be consent.")
      .transform((value) => (value.includes("consent") ? ("consent" as const) : undefined))
      .optional(),
    codeChallenge: z
      .string()
      .regex(/^[\w-]{43,128}$/, "code_challenge must have 43 to 128 characters of base64url.")
      .optional(),
    codeChallengeMethod: z.literal("S256", "code_challenge_method must be S256.").optional(),
    resources: z
      .array(text("resource").refine(isAbsoluteUri, "resource must be an absolute URI without a fragment."))
      .max(MAX_RESOURCES, `resource may be given at most ${MAX_RESOURCES} times.`)
      .default([]),
  })
  .superRefine(({ codeChallenge, codeChallengeMethod }, context) => {
    if ((codeChallenge === undefined) === (codeChallengeMethod === undefined)) return;
    // Without a method a challenge would be `plain` (RFC 7636 4.3).
    context.addIssue({
      code: "custom",
      path: ["codeChallengeMethod"],
      message: "code_challenge and code_challenge_method=S256 go together.",
    });
  });

const ERROR_OF_FIELD: ReadonlyMap<string, OAuthError | null> = new Map([
  ["clientId", null],
  ["redirectUri", null],
  ["responseType", "unsupported_response_type"],
  ["scopes", "invalid_scope"],
]);

function check(input: object, problems: Problem[]): AuthorizationParameters {
  // `null` is GraphQL's other way to leave a field out.
  const given = Object.fromEntries(Object.entries(input).filter(([, value]) => value !== null && value !== undefined));
  const result = schema.safeParse(given);
  const issues = result.error?.issues ?? [];
  // What was repeated or too long is not read, so it would be called missing as well.
  const fields = new Set(problems.map(({ field }) => field?.[0]));
  refuseIfAny([...problems, ...issues.map(toProblem).filter(({ field }) => !fields.has(field?.[0]))]);
  if (!result.success) throw result.error;
  const { responseType: _, codeChallengeMethod: __, ...parameters } = result.data;
  return parameters;
}

function toProblem({ path, message }: z.core.$ZodIssue): Problem {
  const error = ERROR_OF_FIELD.get(String(path[0]));
  return problem("INVALID", path.map(String), message, error === undefined ? "invalid_request" : error);
}

/** @throws Failure naming every problem. */
export const parseInput = (input: object): AuthorizationParameters => check(input, []);

/** Parameters of the authorization endpoint that may be given once, and their fields. */
export const PARAMETERS: ReadonlyMap<string, string> = new Map([
  ["client_id", "clientId"],
  ["redirect_uri", "redirectUri"],
  ["response_type", "responseType"],
  ["state", "state"],
  ["nonce", "nonce"],
  ["prompt", "prompt"],
  ["code_challenge", "codeChallenge"],
  ["code_challenge_method", "codeChallengeMethod"],
  ["scope", "scopes"],
]);

/**
 * Reads the authorization endpoint's query. An empty value counts as left out and an unknown name is ignored (RFC 6749
 * 3.1); only `resource` may repeat (RFC 8707 2).
 * @throws Failure naming every problem.
 */
export function parseQuery(query: URLSearchParams): AuthorizationParameters {
  const input: Record<string, string | string[]> = {};
  const problems: Problem[] = [];
  for (const [name, field] of PARAMETERS) {
    const [value, ...more] = query.getAll(name);
    if (more.length > 0) {
      const answer = ERROR_OF_FIELD.get(field) === null ? null : "invalid_request";
      problems.push(problem("INVALID", [field], `${name} must not be repeated.`, answer));
    } else if (value && value.length > MAX_LENGTH) {
      const answer = ERROR_OF_FIELD.get(field) === null ? null : "invalid_request";
      problems.push(problem("INVALID", [field], `${name} must have at most ${MAX_LENGTH} characters.`, answer));
    } else if (value) {
      input[field] = field === "scopes" ? value.split(" ").filter((scope) => scope !== "") : value;
    }
  }
  const resources = query.getAll("resource").filter((value) => value !== "");
  return check({ ...input, resources }, problems);
}

/** The query that reads as these parameters. */
export function queryOf(parameters: AuthorizationParameters): URLSearchParams {
  const { clientId, redirectUri, scopes, state, nonce, prompt, codeChallenge, resources } = parameters;
  const query = new URLSearchParams({ client_id: clientId, redirect_uri: redirectUri, scope: scopes.join(" ") });
  if (state !== undefined) query.set("state", state);
  if (nonce !== undefined) query.set("nonce", nonce);
  if (prompt !== undefined) query.set("prompt", prompt);
  if (codeChallenge !== undefined) {
    query.set("code_challenge", codeChallenge);
    query.set("code_challenge_method", "S256");
  }
  for (const resource of resources) query.append("resource", resource);
  return query;
}

/** Where an error of this query would go, if Stytch knows the place. A repeated `state` says nothing, so it is dropped. */
export function returnTargetOf(query: URLSearchParams): ReturnTarget {
  const states = query.getAll("state");
  return {
    clientId: query.get("client_id") ?? "",
    redirectUri: query.get("redirect_uri") ?? "",
    ...(states.length === 1 && states[0] && { state: states[0] }),
  };
}
