import { Field, ObjectType } from "type-graphql";

@ObjectType({ simpleResolvers: true, description: "Who is asking." })
export class Viewer {
  @Field(() => Boolean, {
    description:
      "May act across Organizations: an admin of the operator's Organization, or a service whose M2M token has at least one of `scopes`.",
  })
  isOperator!: boolean;

  @Field(() => [String], {
    description:
      "What an operator may do: `read:marketplace`, `manage:clients`, `manage:authorizations`. A service's `read:*` and `manage:*` are shown as what they stand for; whatever else its token names is not shown. Empty for Members.",
  })
  scopes!: string[];
}
