import { Field, ObjectType } from "type-graphql";
import { Cost, writtenApp } from "../cost/prices";
import { ConnectedApp } from "../graph/connected-app.type";
import { UserError } from "./user-error.type";

@ObjectType({ simpleResolvers: true })
export abstract class Payload {
  @Field(() => [UserError], { description: "Empty when it was done. Otherwise nothing was changed." })
  userErrors!: UserError[];
}

@ObjectType({ simpleResolvers: true })
export abstract class ConnectedAppPayload extends Payload {
  @Cost(writtenApp)
  @Field(() => ConnectedApp, { nullable: true, description: "Null when there are userErrors." })
  connectedApp?: ConnectedApp;
}

/** Of the two mutations that take an `idempotencyKey`. */
@ObjectType({ simpleResolvers: true })
export abstract class OncePayload extends Payload {
  @Cost(writtenApp)
  @Field(() => ConnectedApp, {
    nullable: true,
    description: "Null when there are userErrors, and when it is `replayed` and the app was deleted since.",
  })
  connectedApp?: ConnectedApp;

  @Field(() => Boolean, {
    nullable: true,
    description:
      "True when this `idempotencyKey` was used before: nothing was made now. Null when there are userErrors.",
  })
  replayed?: boolean;
}
