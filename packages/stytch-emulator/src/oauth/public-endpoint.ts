import { newId } from "../ids";
import { issuer } from "../sessions";
import type { State } from "../state/state";
import { OAuthApiError, type OAuthErrorCode, StytchApiError } from "../wire/errors";
import type { JsonObject } from "../wire/json";
import { type Operation, type OperationRequest, Reply } from "../wire/operation";

export interface PublicRequest {
  /** What to put into `iss`: it depends on the address that was called. */
  issuer: string;
  /** Where the endpoints of the same family live, without a trailing slash. */
  base: string;
  jwksUri: string;
  headers: OperationRequest["headers"];
  body: JsonObject;
  isForm: boolean;
  /** A form's or JSON body's text field; a blank one counts as left out (RFC 6749 3.2). */
  field(name: string): string | undefined;
}

export type PublicEndpoint = (state: State, request: PublicRequest) => JsonObject | Reply | Promise<JsonObject | Reply>;

const NO_STORE = { "cache-control": "no-store", pragma: "no-cache" };

/** The endpoint at its address on the project's own domain. */
export const onDomain =
  (endpoint: PublicEndpoint): Operation =>
  (state, request) =>
    run(endpoint, state, request, {
      issuer: state.origin,
      base: `${state.origin}/v1`,
      jwksUri: `${state.origin}/.well-known/jwks.json`,
    });

/** The same endpoint at its address beside the management API. */
export const onApi =
  (endpoint: PublicEndpoint): Operation<"project_id"> =>
  (state, request) => {
    if (request.params.project_id !== state.projectId) throw new StytchApiError("route_not_found");
    return run(endpoint, state, request, {
      issuer: issuer(state),
      base: `${state.origin}/v1/public/${state.projectId}`,
      jwksUri: `${state.origin}/v1/b2b/sessions/jwks/${state.projectId}`,
    });
  };

/** U28: every failure is in the OAuth shape. */
async function run(
  endpoint: PublicEndpoint,
  state: State,
  { headers, body, rawBody }: Omit<OperationRequest, "params">,
  family: Pick<PublicRequest, "issuer" | "base" | "jwksUri">,
): Promise<Reply> {
  try {
    const form = isForm(headers["content-type"]);
    if (form) refuseRepeats(rawBody);
    const field = (name: string) => fieldOf(body, name);
    const result = await endpoint(state, { ...family, headers, body, isForm: form, field });
    return result instanceof Reply
      ? new Reply(result.status, { ...NO_STORE, ...result.headers }, result.body)
      : new Reply(200, NO_STORE, result);
  } catch (error) {
    if (!(error instanceof StytchApiError)) throw error;
    const failure =
      error instanceof OAuthApiError ? error : new OAuthApiError("invalid_request", error.errorType, error.message);
    return new Reply(failure.status, { ...NO_STORE, ...challenge(failure.code) }, failure.body(newId("request-id")));
  }
}

/** Introspection and revocation take forms only, as their RFCs say; the token endpoint takes JSON as well. */
export function requireForm({ isForm }: PublicRequest): void {
  if (isForm) return;
  throw new OAuthApiError("invalid_request", "bad_request", "The body must be application/x-www-form-urlencoded.");
}

const isForm = (contentType = ""): boolean => contentType.startsWith("application/x-www-form-urlencoded");

function refuseRepeats(form: string): void {
  const names = [...new URLSearchParams(form).keys()];
  // RFC 8707 2: `resource` is the one parameter that may repeat.
  const repeated = names.find((name, index) => name !== "resource" && names.indexOf(name) !== index);
  if (repeated === undefined) return;
  throw new OAuthApiError("invalid_request", "bad_request", "A parameter was sent more than once.");
}

function fieldOf(body: JsonObject, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value === "string") return value;
  throw new OAuthApiError("invalid_request", "bad_request", `${name} must be a string.`);
}

/** RFC 6750 3 */
const challenge = (code: OAuthErrorCode): Record<string, string> =>
  code === "invalid_token" || code === "insufficient_scope" ? { "www-authenticate": `Bearer error="${code}"` } : {};
