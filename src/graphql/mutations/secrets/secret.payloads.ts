import { Field, ObjectType } from "type-graphql";
import { ConnectedAppPayload, OncePayload } from "../payload";

@ObjectType({ simpleResolvers: true, description: "The app with an open rotation, and its next secret." })
export class RotateSecretPayload extends OncePayload {
  @Field(() => String, {
    nullable: true,
    description:
      "The next secret, shown this once: store it now. If it is lost, cancel the rotation and start again. Null where it is sealed or replayed.",
  })
  nextClientSecret?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "The next secret as a compact JWE (RFC 7516) that only the holder of the key in `sealTo` can open.",
  })
  sealedNextClientSecret?: string | null;
}

@ObjectType({ simpleResolvers: true, description: "The app with its rotation's new time." })
export class RescheduleSecretRotationPayload extends ConnectedAppPayload {}

@ObjectType({ simpleResolvers: true, description: "The app after the rotation." })
export class CompleteSecretRotationPayload extends ConnectedAppPayload {}

@ObjectType({ simpleResolvers: true, description: "The app after the rotation." })
export class CancelSecretRotationPayload extends ConnectedAppPayload {}
