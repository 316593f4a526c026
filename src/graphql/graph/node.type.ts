import { Field, ID, InterfaceType } from "type-graphql";

@InterfaceType({ description: "An object with an id that `node` and `nodes` can read again." })
export abstract class Node {
  @Field(() => ID, {
    description:
      "Stytch's own id, type-prefixed, the same in logs and in Stytch's dashboard. Treat it as opaque. Those of Authorizations, Listings and AppRequests are made by the gateway.",
  })
  id!: string;
}
