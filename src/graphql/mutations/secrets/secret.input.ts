import { GraphQLDateTime } from "graphql-scalars";
import { Field, InputType } from "type-graphql";
import { problem, refuseIfAny } from "../../../failure";
import { ClientIdInput } from "../clients/client.input";
import { JsonWebKey, KEY_DESCRIPTION, SEAL_DESCRIPTION } from "./seal.input";

@InputType({ description: "The app that gets a new secret." })
export class RotateSecretInput extends ClientIdInput {
  @Field(() => GraphQLDateTime, {
    nullable: true,
    description:
      "When the gateway completes the rotation by itself: 5 minutes to 90 days from now (RFC 3339). Left out: somebody has to. It does not hold where the answer, and with it the next secret, was lost on its way from Stytch.",
  })
  completeAfter?: Date | null;

  @Field(() => String, { nullable: true, description: KEY_DESCRIPTION })
  idempotencyKey?: string | null;

  @Field(() => JsonWebKey, { nullable: true, description: SEAL_DESCRIPTION })
  sealTo?: unknown;
}

@InputType({ description: "The app whose rotation gets another time." })
export class RescheduleSecretRotationInput extends ClientIdInput {
  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: "5 minutes to 90 days from now (RFC 3339). Null or left out: no time any more, somebody has to.",
  })
  completeAfter?: Date | null;
}

@InputType({ description: "The app whose old secret ends." })
export class CompleteSecretRotationInput extends ClientIdInput {}

@InputType({ description: "The app whose next secret is dropped." })
export class CancelSecretRotationInput extends ClientIdInput {}

const EARLIEST_MS = 5 * 60_000;
const LATEST_MS = 90 * 24 * 3_600_000;

export function isGoodTime(completeAfter: Date, now: Date): boolean {
  const ahead = completeAfter.getTime() - now.getTime();
  return ahead >= EARLIEST_MS && ahead <= LATEST_MS;
}

/** @throws Failure naming `completeAfter` */
export function checkCompleteAfter(completeAfter: Date | null | undefined, now: Date): Date | null {
  if (!completeAfter) return null;
  const isGood = isGoodTime(completeAfter, now);
  const message = "completeAfter must be at least 5 minutes and at most 90 days from now.";
  refuseIfAny(isGood ? [] : [problem("INVALID", ["completeAfter"], message)]);
  return completeAfter;
}
