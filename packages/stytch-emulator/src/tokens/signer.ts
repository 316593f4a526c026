import { compactVerify, exportJWK, generateKeyPair, type JWK, type JWTPayload, type KeyLike, SignJWT } from "jose";

const ALGORITHM = "RS256";
const KEY_ID = "jwk-test-emulator";

/** Signs and verifies every JWT of the project: sessions, M2M tokens, access tokens and ID tokens share one key. */
export interface Signer {
  sign(claims: JWTPayload): Promise<string>;
  /** Checks the signature only: the caller knows whether an expired token is still good. `null` when it is not ours. */
  verify(jwt: string): Promise<JWTPayload | null>;
  jwks(): { keys: JWK[] };
  /** Signs with a new key from here on. Older keys still verify, and the key set shows them. */
  rotate(): Promise<void>;
  /** Back to the first key alone. */
  reset(): void;
}

/** The two members of Stytch's key type that no key here has a value for: strict typed clients want them present. */
interface PublicKey extends JWK {
  x5c: string[];
  x5tS256: string;
}

interface SigningKey {
  kid: string;
  privateKey: KeyLike;
  publicKey: KeyLike;
  shown: PublicKey;
}

/** The first key is made once per process, because making one takes longer than starting an emulator. */
export async function createSigner(): Promise<Signer> {
  firstKey ??= newKey(KEY_ID);
  const first = await firstKey;
  /** The newest first. */
  let keys: readonly [SigningKey, ...SigningKey[]] = [first];
  return {
    sign: (claims) => {
      const [{ kid, privateKey }] = keys;
      return new SignJWT(claims).setProtectedHeader({ alg: ALGORITHM, kid, typ: "JWT" }).sign(privateKey);
    },
    verify: (jwt) => verify(jwt, keys),
    jwks: () => ({ keys: keys.map(({ shown }) => shown) }),
    rotate: async () => {
      keys = [await newKey(`${KEY_ID}-${keys.length + 1}`), ...keys];
    },
    reset: () => {
      keys = [first];
    },
  };
}

let firstKey: Promise<SigningKey> | undefined;

async function newKey(kid: string): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair<KeyLike>(ALGORITHM);
  const jwk = await exportJWK(publicKey);
  const shown = { ...jwk, use: "sig", key_ops: ["verify"], alg: ALGORITHM, kid, x5c: [], x5tS256: "" };
  return { kid, privateKey, publicKey, shown };
}

async function verify(jwt: string, keys: readonly SigningKey[]): Promise<JWTPayload | null> {
  const keyFor = ({ kid }: { kid?: string }): KeyLike => {
    const key = keys.find((known) => known.kid === kid);
    if (!key) throw new Error("not one of this project's keys");
    return key.publicKey;
  };
  try {
    const { payload } = await compactVerify(jwt, keyFor, { algorithms: [ALGORITHM] });
    const claims: unknown = JSON.parse(new TextDecoder().decode(payload));
    return typeof claims === "object" && claims !== null ? { ...claims } : null;
  } catch {
    return null;
  }
}
