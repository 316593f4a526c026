import { Field, ObjectType } from "type-graphql";
import { ConnectedAppPayload } from "../payload";

@ObjectType({ simpleResolvers: true, description: "The app with an open rotation, and its next secret." })
export class RotateSecretPayload extends ConnectedAppPayload {
  @Field(() => String, {
    nullable: true,
    description: "The next secret, shown this once: store it now. If it is lost, cancel the rotation and start again.",
  })
  nextClientSecret?: string;
}

@ObjectType({ simpleResolvers: true, description: "The app after the rotation." })
export class CompleteSecretRotationPayload extends ConnectedAppPayload {}

@ObjectType({ simpleResolvers: true, description: "The app after the rotation." })
export class CancelSecretRotationPayload extends ConnectedAppPayload {}
