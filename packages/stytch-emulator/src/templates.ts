import { type ErrorType, StytchApiError } from "./wire/errors";

const TAG = /\{\{\s*([^{}]*?)\s*\}\}/g;
const KNOWN_TAG = /^(member|organization)(\.[A-Za-z0-9_-]+)+$/;

/** U12: which error stands for what. `""` means no template. */
export function checkTemplate(template: string, notJson: ErrorType): void {
  if (template === "") return;
  for (const [, tag = ""] of template.matchAll(TAG)) {
    if (!KNOWN_TAG.test(tag)) throw new StytchApiError("jwt_template_invalid_tag");
  }
  // A number reads well inside quotes and outside.
  const filled = template.replaceAll(TAG, "0");
  if (filled.includes("{{")) throw new StytchApiError("jwt_template_mismatched_tag");
  if (isJsonObject(filled)) return;
  const closesTooOften = filled.split("}").length > filled.split("{").length;
  throw new StytchApiError(closesTooOften ? "jwt_template_mismatched_tag" : notJson);
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
