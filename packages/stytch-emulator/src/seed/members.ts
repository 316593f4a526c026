import { directRoles, newMember } from "../defaults";
import { seededId } from "../ids";
import type { Member, MemberStatus } from "../state/records";
import { personAt } from "./people";

export const memberIdOf = (slug: string, index: number): string => seededId("member", `${slug}-${index}`);

/** The first three Members of an Organization are its admin, its app manager and a reader of the directory. */
function rolesAt(index: number): string[] {
  if (index === 0) return ["stytch_admin"];
  if (index === 1) return ["app_manager", "bookkeeper"];
  if (index === 2) return ["directory"];
  if (index % 3 === 0) return ["bookkeeper"];
  return index % 4 === 0 ? ["auditor"] : [];
}

/** The last three Members of an Organization with ten or more are pending, invited and deleted. */
function statusAt(index: number, count: number): MemberStatus {
  if (count < 10) return "active";
  const last: MemberStatus[] = ["deleted", "invited", "pending"];
  return last[count - 1 - index] ?? "active";
}

export function seedMember(
  organization: { organization_id: string; slug: string; members: number; offset: number },
  index: number,
  now: string,
): Member {
  const { organization_id, slug, members, offset } = organization;
  const { name, mailbox } = personAt(index + offset);
  return newMember(
    {
      organization_id,
      member_id: memberIdOf(slug, index),
      email_address: `${mailbox}@${slug}.example`,
      name,
      status: statusAt(index, members),
      roles: directRoles(rolesAt(index)),
      // One in ten has none, as in projects that adopted external ids late.
      ...(index % 10 !== 9 && { external_id: `${slug}-${String(index + 1).padStart(4, "0")}` }),
    },
    now,
  );
}
