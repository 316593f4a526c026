import { ArgsType, Field, Int } from "type-graphql";
import { Failure } from "../../failure";
import type { PageArguments } from "../../loaders/page";

export const DEFAULT_PAGE_SIZE = 25;
export const MAX_PAGE_SIZE = 100;
@ArgsType()
export class PageArgs {
  @Field(() => Int, { nullable: true, defaultValue: DEFAULT_PAGE_SIZE, description: "Items per page, 1 to 100." })
  first?: number | null;

  @Field(() => String, {
    nullable: true,
    description:
      "A cursor of this connection: the page starts behind it. Good for the same object and filter, not for others.",
  })
  after?: string | null;
}

export function toPage({ first, after }: PageArgs): PageArguments {
  const size = first ?? DEFAULT_PAGE_SIZE;
  if (size < 1 || size > MAX_PAGE_SIZE)
    throw new Failure("BAD_USER_INPUT", `first must be from 1 to ${MAX_PAGE_SIZE}.`);
  return { first: size, after: after ?? null };
}
