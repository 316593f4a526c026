import { ArgsType, Field, InputType } from "type-graphql";
import type { OrganizationFilter as OrganizationFilterValues } from "../../loaders/organizations";
import { checkContains, checkValues } from "../relay/filter";
import { PageArgs } from "../relay/page.input";

@InputType({ description: "Every given condition must hold." })
export class OrganizationFilter {
  @Field(() => String, { nullable: true, description: "Part of the name, at least 3 characters." })
  nameContains?: string | null;

  @Field(() => [String], { nullable: true, description: "Exact slugs, 1 to 100; any of them matches." })
  slugs?: string[] | null;
}

@ArgsType()
export class OrganizationsArgs extends PageArgs {
  @Field(() => OrganizationFilter, { nullable: true, description: "All Organizations when left out." })
  filter?: OrganizationFilter | null;
}

export function toOrganizationFilter(filter: OrganizationFilter | null | undefined): OrganizationFilterValues {
  checkContains("filter.nameContains", filter?.nameContains);
  checkValues("filter.slugs", filter?.slugs);
  return { nameContains: filter?.nameContains ?? null, slugs: filter?.slugs ?? null };
}
