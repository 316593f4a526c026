import { z } from "zod";
import { type Problem, problem, refuseIfAny } from "../../../failure";
import { filled, LOOPBACK, multiline, text, UNPRINTABLE } from "../text.rules";

/** Stytch publishes no lengths; these keep a name on one line and a record small. */
const MAX_NAME = 200;
const MAX_DESCRIPTION = 2_000;
const MAX_TEMPLATE = 10_000;
/** Unconfirmed: Stytch names the error, not the number. */
const MAX_REDIRECT_URLS = 50;

/** What is wrong with a redirect URL (RFC 8252 7, RFC 9700 4.1.3), or null. */
function redirectUrlProblem(value: string): string | null {
  const url = URL.parse(value);
  if (!url || UNPRINTABLE.test(value) || /\s/.test(value)) return "must be an absolute URL with a scheme";
  if (value.includes("#")) return "must not have a fragment";
  if (value.includes("*")) return "must not have a wildcard: redirect URLs are matched exactly";
  if (url.username || url.password) return "must not carry a user name or password";
  if (url.protocol === "https:") return null;
  if (url.protocol === "http:") {
    return LOOPBACK.has(url.hostname) ? null : "must use https; http is for 127.0.0.1, [::1] and localhost only";
  }
  return url.protocol.includes(".")
    ? null
    : "must use https, or a private scheme with a dot such as com.example.app:/callback";
}

const redirectUrl = z.string().superRefine((value, context) => {
  const problem = redirectUrlProblem(value);
  if (problem) context.addIssue({ code: "custom", message: problem });
});
const redirectUrls = z.array(redirectUrl).max(MAX_REDIRECT_URLS, `must have at most ${MAX_REDIRECT_URLS} entries`);

function isJsonObject(value: string): boolean {
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === "object" && parsed !== null && !Array.isArray(parsed);
  } catch {
    return false;
  }
}
/** Stytch fills tags such as `{{ member.trusted_metadata.seats }}` in first, and their values may stand without quotes. */
const TAG = /\{\{[^{}]*\}\}/g;

/** The empty string takes the template away. */
const template = z
  .string()
  .max(MAX_TEMPLATE, `must have at most ${MAX_TEMPLATE} characters`)
  .refine((value) => value === "" || isJsonObject(value.replaceAll(TAG, "0")), "must be a JSON object");

const ClientFields = z.object({
  // An app without a name cannot be told apart in a list, nor on the consent page.
  name: filled(text(MAX_NAME)).nullish(),
  description: multiline(MAX_DESCRIPTION).nullish(),
  redirectUrls: redirectUrls.nullish(),
  postLogoutRedirectUrls: redirectUrls.nullish(),
  /** Bounds unconfirmed. */
  accessTokenExpiryMinutes: z.int().min(1, "must be from 1 to 1440").max(1440, "must be from 1 to 1440").nullish(),
  accessTokenCustomAudience: text(MAX_DESCRIPTION).nullish(),
  accessTokenTemplateContent: template.nullish(),
  idTokenTemplateContent: template.nullish(),
  logoUrl: z
    .string()
    .refine((value) => value === "" || URL.parse(value)?.protocol === "https:", "must be an https URL")
    .nullish(),
});

/** @throws Failure that names every bad field. */
export function checkClientFields(input: object, others: readonly Problem[] = []): void {
  const result = ClientFields.safeParse(input);
  const issues = result.success ? [] : result.error.issues;
  const problems = issues.map(({ path, message }) =>
    problem("INVALID", path.map(String), `${String(path[0])} ${message}.`),
  );
  refuseIfAny([...others, ...problems]);
}
