import { Field, ID, ObjectType } from "type-graphql";
import { ConnectedApp } from "./connected-app.type";
import { Organization } from "./organization.type";
import { UserError } from "./user-error.type";

@ObjectType({ simpleResolvers: true })
export abstract class Payload {
  @Field(() => [UserError], { description: "Empty when it was done. Otherwise nothing was changed." })
  userErrors!: UserError[];
}

@ObjectType({ simpleResolvers: true })
abstract class ConnectedAppPayload extends Payload {
  @Field(() => ConnectedApp, { nullable: true, description: "Null when there are userErrors." })
  connectedApp?: ConnectedApp;
}

@ObjectType({ simpleResolvers: true, description: "The new app and its secret." })
export class CreateClientPayload extends ConnectedAppPayload {
  @Field(() => String, {
    nullable: true,
    description: "The secret, shown this once: store it now. Null for public types.",
  })
  clientSecret?: string | null;
}

@ObjectType({ simpleResolvers: true, description: "The app as it is now." })
export class UpdateClientPayload extends ConnectedAppPayload {}

@ObjectType({ simpleResolvers: true, description: "What was deleted." })
export class DeleteClientPayload extends Payload {
  @Field(() => ID, { nullable: true, description: "The id that is gone. Null when there are userErrors." })
  deletedClientId?: string;
}

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

@ObjectType({ simpleResolvers: true, description: "What was revoked." })
export class RevokeMemberAppPayload extends Payload {
  @Field(() => ID, { nullable: true, description: "The app that lost access. Null when there are userErrors." })
  revokedConnectedAppId?: string;

  /** Whose `member` is read, if it is asked for. */
  key?: { organizationId: string; memberId: string };
}

@ObjectType({ simpleResolvers: true, description: "The Organization with its new rules." })
export class UpdateConnectedAppPolicyPayload extends Payload {
  @Field(() => Organization, { nullable: true, description: "With its new rules. Null when there are userErrors." })
  organization?: Organization;
}
