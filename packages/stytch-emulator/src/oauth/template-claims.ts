import { memberView, roleIdsOf } from "../roles";
import type { Member, Organization } from "../state/records";

const STRING_OR_TAG = /"(?:[^"\\]|\\.)*"|\{\{[^{}]*\}\}/g;
const TAG = /\{\{\s*([^{}]*?)\s*\}\}/g;
const ONLY_A_TAG = /^\{\{\s*([^{}]*?)\s*\}\}$/;

/** The claims of a token template. A tag that resolves to null drops its claim. */
export function templateClaims(template: string, member: Member, organization: Organization): Record<string, unknown> {
  if (template === "") return {};
  const root = {
    member: { ...memberView(member, organization), rbac: { roles: roleIdsOf(member, organization) } },
    organization,
  };
  // A tag outside quotes is no JSON yet; inside quotes it keeps the type of its value all the same.
  const quoted = template.replaceAll(STRING_OR_TAG, (part) => (part.startsWith('"') ? part : JSON.stringify(part)));
  const filled: unknown = JSON.parse(quoted, (_key, value: unknown) => {
    if (typeof value !== "string") return value;
    const [, tag] = ONLY_A_TAG.exec(value) ?? [];
    if (tag !== undefined) return valueAt(root, tag) ?? undefined;
    return value.replaceAll(TAG, (_match, path: string) => String(valueAt(root, path) ?? ""));
  });
  return typeof filled === "object" && filled !== null ? { ...filled } : {};
}

function valueAt(root: object, path: string): unknown {
  let value: unknown = root;
  for (const key of path.split(".")) {
    const entry = typeof value === "object" && value !== null ? Object.entries(value).find(([k]) => k === key) : null;
    if (!entry) return null;
    value = entry[1];
  }
  return value;
}
