import { ArgsType, Field, InputType } from "type-graphql";
import type { ClientFilter } from "../../loaders/apps";
import { checkText, checkValues, refuse } from "../relay/filter";
import { PageArgs } from "../relay/page.input";
import { ClientType } from "./enums";

@InputType({
  description:
    "Every given condition must hold. Stytch has no filter for apps: a page looks through the next 1000, by one call. It may hold fewer than `first`, even none, while `hasNextPage` says that there is more: go on with `endCursor`. `totalCount` is null where the marketplace has more than 1000 apps.",
})
export class ConnectedAppFilter {
  @Field(() => String, {
    nullable: true,
    description: "Part of the name, 1 to 200 characters; case and accents do not count.",
  })
  nameContains?: string | null;

  @Field(() => [ClientType], { nullable: true, description: "1 to 100 types; any of them matches." })
  clientTypes?: ClientType[] | null;
}

@ArgsType()
export class ConnectedAppsArgs extends PageArgs {
  @Field(() => ConnectedAppFilter, { nullable: true, description: "All apps when left out." })
  filter?: ConnectedAppFilter | null;
}

export function toClientFilter(filter: ConnectedAppFilter | null | undefined): ClientFilter {
  checkText("filter.nameContains", filter?.nameContains);
  checkValues("filter.clientTypes", filter?.clientTypes);
  if (filter?.clientTypes?.includes(ClientType.UNKNOWN))
    throw refuse("filter.clientTypes must not name UNKNOWN: it is for reading only.");
  return {
    nameContains: filter?.nameContains ?? null,
    clientTypes: filter?.clientTypes?.map((type) => type.toLowerCase()) ?? null,
  };
}
