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

@ObjectType({ simpleResolvers: true })
export class CreateClientPayload extends ConnectedAppPayload {
  @Field(() => String, {
    nullable: true,
    description: "The secret, shown this once: store it now. Null for public types.",
  })
  clientSecret?: string | null;
}

@ObjectType({ simpleResolvers: true })
export class UpdateClientPayload extends ConnectedAppPayload {}

@ObjectType({ simpleResolvers: true })
export class DeleteClientPayload extends Payload {
  @Field(() => ID, { nullable: true })
  deletedClientId?: string;
}

@ObjectType({ simpleResolvers: true })
export class RotateSecretPayload extends ConnectedAppPayload {
  @Field(() => String, {
    nullable: true,
    description: "The next secret, shown this once: store it now. If it is lost, cancel the rotation and start again.",
  })
  nextClientSecret?: string;
}

@ObjectType({ simpleResolvers: true })
export class CompleteSecretRotationPayload extends ConnectedAppPayload {}

@ObjectType({ simpleResolvers: true })
export class CancelSecretRotationPayload extends ConnectedAppPayload {}

@ObjectType({ simpleResolvers: true })
export class RevokeMemberAppPayload extends Payload {
  @Field(() => ID, { nullable: true })
  revokedConnectedAppId?: string;

  /** Whose `member` is read, if it is asked for. */
  key?: { organizationId: string; memberId: string };
}

@ObjectType({ simpleResolvers: true })
export class UpdateConnectedAppPolicyPayload extends Payload {
  @Field(() => Organization, { nullable: true })
  organization?: Organization;
}
