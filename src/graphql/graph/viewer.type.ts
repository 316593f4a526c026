import { Field, ObjectType } from "type-graphql";

@ObjectType({ simpleResolvers: true, description: "Who is asking." })
export class Viewer {
  @Field(() => Boolean, {
    description:
      "May act across Organizations: an admin of the operator's Organization, or a service with an M2M token.",
  })
  isOperator!: boolean;

  @Field(() => [String], {
    description:
      "What an operator may do: `read:marketplace`, `manage:clients`, `manage:authorizations`. Empty for Members.",
  })
  scopes!: string[];
}
