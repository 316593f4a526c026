import { GraphQLDateTime } from "graphql-scalars";
import { Ctx, Field, FieldResolver, ObjectType, Resolver, Root } from "type-graphql";
import { madeAt, openRotation } from "../../ledger/secret-record";
import type { GatewayContext } from "../context";
import { Cost, FREE, ONE } from "../cost/prices";
import { AuditActor, toActor } from "./audit-event.type";
import { ClientSecret } from "./connected-app.type";

@ObjectType({ simpleResolvers: true, description: "An open rotation that was started through this gateway." })
export class SecretRotation {
  @Field(() => GraphQLDateTime, { description: "Since when both secrets work (RFC 3339, UTC)." })
  startedAt!: Date;

  @Field(() => AuditActor, { description: "Who started it." })
  startedBy!: AuditActor;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: "When the gateway completes it by itself (RFC 3339, UTC). Null: somebody has to.",
  })
  completeAfter!: Date | null;
}

@Resolver(() => ClientSecret)
export class ClientSecretResolver {
  @Cost(FREE)
  @FieldResolver(() => GraphQLDateTime, {
    nullable: true,
    description: "When the current secret was made (RFC 3339, UTC). Null when it was made elsewhere.",
  })
  async createdAt(@Root() secret: ClientSecret, @Ctx() { loaders }: GatewayContext): Promise<Date | null> {
    const record = await loaders.records.secret(secret.clientId);
    return record && madeAt(record, secret);
  }

  @Cost(() => ({ calls: 0, children: ONE }))
  @FieldResolver(() => SecretRotation, {
    nullable: true,
    description: "The open rotation. Null when none is open, or when it was opened elsewhere.",
  })
  async rotation(@Root() secret: ClientSecret, @Ctx() { loaders }: GatewayContext): Promise<SecretRotation | null> {
    if (!secret.rotationInProgress) return null;
    const record = await loaders.records.secret(secret.clientId);
    const rotation = openRotation(record?.rotation ?? null, secret);
    return rotation ? { ...rotation, startedBy: toActor(rotation.startedBy, null) } : null;
  }
}
