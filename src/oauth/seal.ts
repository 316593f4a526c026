import { CompactEncrypt, importJWK, type KeyLike } from "jose";
import { z } from "zod";
import { problem, refused } from "../failure";

/** A public key to which secrets are encrypted, so that nobody in between can read them. */
export interface Seal {
  /** A compact JWE (RFC 7516) with A256GCM. */
  close(secret: string): Promise<string>;
}

const PRIVATE_MEMBERS = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
/** Characters of one member: an RSA modulus of 16,384 bits. */
const MAX_LENGTH = 3000;
const Text = z.string().max(MAX_LENGTH);
const PublicJwk = z.object({
  kty: Text,
  crv: Text.exactOptional(),
  n: Text.exactOptional(),
  e: Text.exactOptional(),
  x: Text.exactOptional(),
  y: Text.exactOptional(),
  alg: Text.exactOptional(),
  use: Text.exactOptional(),
  key_ops: z.array(Text).max(20).exactOptional(),
  kid: Text.exactOptional(),
});
type PublicJwk = z.infer<typeof PublicJwk>;
/** What may be done with a public key to which something is encrypted (RFC 7517 4.3); a key for agreement often says `[]`. */
const ENCRYPTING = new Set(["encrypt", "wrapKey", "deriveKey", "deriveBits"]);
/** RFC 7518 4.3. */
const MIN_RSA_BITS = 2048;
/** RFC 8017 3.1: with 1 the secret would be there to read. */
const MIN_RSA_EXPONENT = 3n;

/** Reads a public JWK (RFC 7517) and tries it out, before anything is sent. @throws Failure naming `sealTo` */
export async function createSeal(jwk: unknown): Promise<Seal> {
  const known = readJwk(jwk);
  const alg = algorithmOf(known);
  const key = await importKey(known, alg);
  const header = { alg, enc: "A256GCM", ...(known.kid && { kid: known.kid }) };
  const close = (secret: string) =>
    new CompactEncrypt(new TextEncoder().encode(secret)).setProtectedHeader(header).encrypt(key);
  await close("").catch(() => {
    throw refuse("sealTo is not a key that can be encrypted to.");
  });
  return { close };
}

function readJwk(value: unknown): PublicJwk {
  const jwk = typeof value === "string" ? parse(value) : value;
  if (typeof jwk !== "object" || jwk === null || Array.isArray(jwk))
    throw refuse("sealTo must be a public JWK: a JSON object.");
  if (PRIVATE_MEMBERS.some((name) => name in jwk)) {
    throw refuse(
      "sealTo holds a private key, which should never leave its owner. Send the public one, and make a new pair.",
    );
  }
  const known = PublicJwk.safeParse(jwk);
  if (known.success) return known.data;
  const [issue] = known.error.issues;
  throw refuse(
    issue?.code === "too_big"
      ? "sealTo is too long to be a key."
      : `sealTo must be a public JWK: its ${issue?.path[0]?.toString()} is not of the type that RFC 7517 gives it.`,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** RFC 7518 4.3 and 4.6, RFC 8037 3.2. What the key is made for and says otherwise is refused. */
function algorithmOf({ kty, crv, alg, n, e, use, key_ops }: PublicJwk): string {
  if (key_ops?.length && !key_ops.some((operation) => ENCRYPTING.has(operation)))
    throw refuse("sealTo is not made for encryption: its key_ops must have encrypt, wrapKey, deriveKey or deriveBits.");
  if (use !== undefined && use !== "enc") throw refuse("sealTo is made for signatures: its use must be enc.");
  const isRsa = kty === "RSA";
  const isAgreement = (kty === "EC" && crv === "P-256") || (kty === "OKP" && crv === "X25519");
  if (!isRsa && !isAgreement) throw refuse("sealTo must be an RSA key, or one on the curve P-256 or X25519.");
  const algorithm = isRsa ? "RSA-OAEP-256" : "ECDH-ES";
  if (alg !== undefined && alg !== algorithm) throw refuse(`sealTo must have alg ${algorithm}, or none.`);
  if (isRsa && Buffer.from(n ?? "", "base64url").length * 8 < MIN_RSA_BITS) {
    throw refuse(`sealTo must have a modulus of at least ${MIN_RSA_BITS} bits.`);
  }
  if (isRsa && BigInt(`0x0${Buffer.from(e ?? "", "base64url").toString("hex")}`) < MIN_RSA_EXPONENT) {
    throw refuse(`sealTo must have an exponent of at least ${MIN_RSA_EXPONENT}.`);
  }
  return algorithm;
}

async function importKey(jwk: PublicJwk, alg: string): Promise<KeyLike | Uint8Array> {
  try {
    return await importJWK(jwk, alg);
  } catch {
    throw refuse("sealTo is not a valid JWK.");
  }
}

const refuse = (message: string) => refused([problem("INVALID", ["sealTo"], message)]);
