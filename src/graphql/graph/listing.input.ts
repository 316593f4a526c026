import { ArgsType, Field, InputType } from "type-graphql";
import type { ListingFilter as ListingFilterValues } from "../../marketplace/listings";
import { checkValues, refuse } from "../relay/filter";
import { PageArgs } from "../relay/page.input";
import { ListingStatus } from "./listing.type";

const MAX_SEARCH = 200;

@InputType({ description: "Every given condition must hold." })
export class ListingFilter {
  @Field(() => String, {
    nullable: true,
    description:
      "Words, at most 200 characters and eight words. Each must be part of the app's name, the tagline or the publisher's name; case and accents do not count.",
  })
  search?: string | null;

  @Field(() => [String], {
    nullable: true,
    description: "1 to 100 categories; any of them matches. Case and accents do not count.",
  })
  categories?: string[] | null;

  @Field(() => [ListingStatus], { nullable: true, description: "PUBLISHED when left out; others are for operators." })
  statuses?: ListingStatus[] | null;
}

@ArgsType()
export class MarketplaceArgs extends PageArgs {
  @Field(() => ListingFilter, { nullable: true, description: "All published listings when left out." })
  filter?: ListingFilter | null;
}

export function toListingFilter(filter: ListingFilter | null | undefined): ListingFilterValues {
  if ((filter?.search?.length ?? 0) > MAX_SEARCH)
    throw refuse(`filter.search must have at most ${MAX_SEARCH} characters.`);
  checkValues("filter.categories", filter?.categories);
  checkValues("filter.statuses", filter?.statuses);
  return {
    search: filter?.search,
    categories: filter?.categories,
    statuses: filter?.statuses ?? [ListingStatus.PUBLISHED],
  };
}
