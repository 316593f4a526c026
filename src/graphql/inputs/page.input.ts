import { ArgsType, Field, InputType, Int } from "type-graphql";
import { GatewayError } from "../../errors";
import type { MemberFilter as MemberFilterValues } from "../../loaders/member-page.loader";
import type { OrganizationFilter as OrganizationFilterValues } from "../../loaders/organization.loader";
import type { PageArguments } from "../../loaders/page";
import { MemberStatus } from "../types/enums";

export const DEFAULT_PAGE_SIZE = 25;
export const MAX_PAGE_SIZE = 100;
/** Values per search operand (unconfirmed, U20). */
const MAX_FILTER_VALUES = 100;
/** Stytch's fuzzy filters need this many characters. */
const MIN_CONTAINS = 3;

@ArgsType()
export class PageArgs {
  @Field(() => Int, { nullable: true, defaultValue: DEFAULT_PAGE_SIZE, description: "Items per page, 1 to 100." })
  first?: number | null;

  @Field(() => String, { nullable: true, description: "A cursor of this connection: the page starts behind it." })
  after?: string | null;
}

@InputType({ description: "Every given condition must hold." })
export class OrganizationFilter {
  @Field(() => String, { nullable: true, description: "Part of the name, at least 3 characters." })
  nameContains?: string | null;

  @Field(() => [String], { nullable: true, description: "Exact slugs, 1 to 100; any of them matches." })
  slugs?: string[] | null;
}

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
export class OrganizationsArgs extends PageArgs {
  @Field(() => OrganizationFilter, { nullable: true, description: "All Organizations when left out." })
  filter?: OrganizationFilter | null;
}

@ArgsType()
export class MembersArgs extends PageArgs {
  @Field(() => MemberFilter, { nullable: true, description: "All Members but the deleted ones when left out." })
  filter?: MemberFilter | null;
}

const refuse = (message: string) => new GatewayError("BAD_USER_INPUT", message);

export function toPage({ first, after }: PageArgs): PageArguments {
  const size = first ?? DEFAULT_PAGE_SIZE;
  if (size < 1 || size > MAX_PAGE_SIZE) throw refuse(`first must be from 1 to ${MAX_PAGE_SIZE}.`);
  return { first: size, after: after ?? null };
}

export function toOrganizationFilter(filter: OrganizationFilter | null | undefined): OrganizationFilterValues {
  checkContains("filter.nameContains", filter?.nameContains);
  checkValues("filter.slugs", filter?.slugs);
  return { nameContains: filter?.nameContains ?? null, slugs: filter?.slugs ?? null };
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

function checkContains(name: string, value: string | null | undefined): void {
  if (value != null && value.length < MIN_CONTAINS)
    throw refuse(`${name} must have at least ${MIN_CONTAINS} characters.`);
}

function checkValues(name: string, values: readonly string[] | null | undefined): void {
  if (values && (values.length < 1 || values.length > MAX_FILTER_VALUES)) {
    throw refuse(`${name} must have from 1 to ${MAX_FILTER_VALUES} entries.`);
  }
}
