import { ArgsType, Field, InputType } from "type-graphql";
import type { MemberFilter as MemberFilterValues } from "../../loaders/member-pages";
import { checkContains, checkValues, refuse } from "../relay/filter";
import { PageArgs } from "../relay/page.input";
import { MemberStatus } from "./enums";

@InputType({ description: "Every given condition must hold." })
export class MemberFilter {
  @Field(() => String, { nullable: true, description: "Part of the e-mail address, at least 3 characters." })
  emailContains?: string | null;

  @Field(() => [MemberStatus], {
    nullable: true,
    description: "Any of them matches. Without it, deleted Members are left out.",
  })
  statuses?: MemberStatus[] | null;

  @Field(() => [String], { nullable: true, description: "Role ids, 1 to 100; any of them matches." })
  roles?: string[] | null;
}

@ArgsType()
export class MembersArgs extends PageArgs {
  @Field(() => MemberFilter, { nullable: true, description: "All Members but the deleted ones when left out." })
  filter?: MemberFilter | null;
}

export function toMemberFilter(filter: MemberFilter | null | undefined): MemberFilterValues {
  checkContains("filter.emailContains", filter?.emailContains);
  checkValues("filter.roles", filter?.roles);
  checkValues("filter.statuses", filter?.statuses);
  if (filter?.statuses?.includes(MemberStatus.UNKNOWN))
    throw refuse("filter.statuses must not name UNKNOWN: it is for reading only.");
  return {
    emailContains: filter?.emailContains ?? null,
    roles: filter?.roles ?? null,
    statuses: filter?.statuses?.map((status) => status.toLowerCase()) ?? null,
  };
}
