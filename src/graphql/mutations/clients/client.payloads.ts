import { Field, ID, ObjectType } from "type-graphql";
import { ConnectedAppPayload, OncePayload, Payload } from "../payload";

@ObjectType({ simpleResolvers: true, description: "The new app and its secret." })
export class CreateClientPayload extends OncePayload {
  @Field(() => String, {
    nullable: true,
    description:
      "The secret, shown this once: store it now. Null for public types, and where it is sealed or replayed.",
  })
  clientSecret?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The secret as a compact JWE (RFC 7516) that only the holder of the key in `sealTo` can open.",
  })
  sealedClientSecret?: string | null;
}

@ObjectType({ simpleResolvers: true, description: "The app as it is now." })
export class UpdateClientPayload extends ConnectedAppPayload {}

@ObjectType({ simpleResolvers: true, description: "What was deleted." })
export class DeleteClientPayload extends Payload {
  @Field(() => ID, { nullable: true, description: "The id that is gone. Null when there are userErrors." })
  deletedClientId?: string;
}
