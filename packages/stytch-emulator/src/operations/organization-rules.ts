import type { Organization } from "../state/records";
import type { State } from "../state/state";
import { StytchApiError } from "../wire/errors";

const MAX_NAME_LENGTH = 128;
const SLUG = /^[A-Za-z0-9\-._~]{2,128}$/;
export const EXTERNAL_ID = /^[A-Za-z0-9._|-]{1,128}$/;

export function checkName(name: string): void {
  if (name === "") throw new StytchApiError("organization_name_missing");
  if (name.length > MAX_NAME_LENGTH) throw new StytchApiError("invalid_organization_name");
}

/** Unique per project; an Organization may keep its own. */
export function checkSlug(state: State, slug: string, self?: Organization): void {
  if (!SLUG.test(slug)) throw new StytchApiError("invalid_organization_slug");
  const holder = state.organizations.findBySlug(slug);
  if (holder && holder !== self) throw new StytchApiError("organization_slug_already_used");
}

export function checkExternalId(state: State, externalId: string, self?: Organization): void {
  if (!EXTERNAL_ID.test(externalId)) throw new StytchApiError("invalid_organization_external_id");
  const holder = state.organizations.findByExternalId(externalId);
  if (holder && holder !== self) throw new StytchApiError("organization_external_id_already_used");
}

/** U35: the lower-cased name with `-`, made unique with a suffix. */
export function deriveSlug(state: State, name: string): string {
  const words = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  const base = words.replaceAll(/^-|-$/g, "").slice(0, 100).padEnd(2, "0");
  let slug = base;
  for (let suffix = 2; state.organizations.findBySlug(slug); suffix++) slug = `${base}-${suffix}`;
  return slug;
}
