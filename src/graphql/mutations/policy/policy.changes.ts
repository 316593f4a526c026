import type { AuditChange } from "../../../ledger/event";
import type { Policy } from "../../../marketplace/policy";

/** The rules that are named in `named`, before and after. */
export function changesOf(
  before: Policy,
  after: Partial<Record<keyof Policy, unknown>>,
  named: Partial<Record<keyof Policy, unknown>> = after,
): AuditChange[] {
  const show = (value: unknown) => (value === undefined || value === null ? null : [value].flat().join(" "));
  return FIELDS.filter((field) => field in named).map((field) => ({
    field,
    before: show(before[field]),
    after: show(after[field]),
  }));
}

const FIELDS = [
  "first_party_connected_apps_allowed_type",
  "allowed_first_party_connected_apps",
  "third_party_connected_apps_allowed_type",
  "allowed_third_party_connected_apps",
] as const satisfies readonly (keyof Policy)[];
