import { GraphQLScalarType } from "graphql";
import { GraphQLJSON } from "graphql-scalars";
import { problem, refuseIfAny } from "../../../failure";
import type { Json } from "../../../ledger/canonical";
import type { Once } from "../../../ledger/recorder";

/** A JSON Web Key, as an object or as its JSON text. */
export const JsonWebKey = new GraphQLScalarType({
  ...GraphQLJSON.toConfig(),
  name: "JWK",
  description: "A JSON Web Key (RFC 7517), as an object or as its JSON text.",
});

const MAX_KEY_LENGTH = 64;

/** Of the two fields that every mutation takes which makes a secret. */
export const KEY_DESCRIPTION =
  "At most 64 characters, for you to choose. A repeat with the same key and input, within 24 hours, makes nothing again: it answers with the same app, `replayed: true` and no secret. While the first is under way, or nobody knows yet what became of it, a repeat is a userError `INVALID` of this field.";
export const SEAL_DESCRIPTION =
  "A public key of whoever is to have the secret: RSA of 2048 bits or more (RSA-OAEP-256), or P-256 or X25519 (ECDH-ES). The secret then comes sealed, and nowhere in plain.";

/** `null` without a key: the input is performed as often as it is sent. @throws Failure naming `idempotencyKey` */
export function onceOf({ idempotencyKey, ...input }: { idempotencyKey?: string | null }): Once | null {
  if (idempotencyKey == null) return null;
  const isGood = idempotencyKey !== "" && idempotencyKey.length <= MAX_KEY_LENGTH;
  const message = `idempotencyKey must have 1 to ${MAX_KEY_LENGTH} characters.`;
  refuseIfAny(isGood ? [] : [problem("INVALID", ["idempotencyKey"], message)]);
  const plain: Json = JSON.parse(JSON.stringify(input));
  return { key: idempotencyKey, input: plain };
}
