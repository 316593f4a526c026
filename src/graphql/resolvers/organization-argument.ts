import { tenantOf } from "../../auth/viewer";
import { findOrganization } from "../../loaders/organization.loader";
import { isOrganizationId } from "../../stytch/ids";
import type { GatewayContext } from "../context";
import { UserErrorCode } from "../types/user-error.type";
import { InputRefused, userError } from "../user-errors";

/**
 * The canonical id of the Organization that a write is about. A Member's own, whatever the argument calls it; another's
 * is as unknown to a Member as one that does not exist. Operators must name one.
 */
export async function requireOrganizationId(
  context: GatewayContext,
  alias: string | null | undefined,
): Promise<string> {
  const { viewer, loaders } = context;
  const own = viewer && tenantOf(viewer);
  const wanted = alias ?? own;
  if (wanted === null) {
    throw new InputRefused([
      userError(UserErrorCode.INVALID, ["organizationId"], "organizationId must be given by operators."),
    ]);
  }
  if (wanted === own) return own;
  // An operator's id needs no look-up: Stytch says so if it is unknown.
  if (own === null && isOrganizationId(wanted)) return wanted;
  const organization = await findOrganization(loaders.reader, loaders.organization, wanted);
  if (organization) return organization.organization_id;
  throw new InputRefused([userError(UserErrorCode.NOT_FOUND, ["organizationId"], "There is no such Organization.")]);
}
