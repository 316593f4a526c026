import { compactVerify, exportJWK, generateKeyPair, type JWK, type JWTPayload, type KeyLike, SignJWT } from "jose";

const ALGORITHM = "RS256";
const KEY_ID = "jwk-test-emulator";

/** Signs and verifies every JWT of the project: sessions, M2M tokens, access tokens and ID tokens share one key. */
export interface Signer {
  sign(claims: JWTPayload): Promise<string>;
  /** Checks the signature only: the caller knows whether an expired token is still good. `null` when it is not ours. */
  verify(jwt: string): Promise<JWTPayload | null>;
  jwks(): { keys: PublicKey[] };
}

/** The two members of Stytch's key type that no key here has a value for: strict typed clients want them present. */
interface PublicKey extends JWK {
  x5c: string[];
  x5tS256: string;
}

/** The key is made once per process, because making one takes longer than starting an emulator. */
export function createSigner(): Promise<Signer> {
  signer ??= generateSigner();
  return signer;
}

let signer: Promise<Signer> | undefined;

async function generateSigner(): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair<KeyLike>(ALGORITHM);
  const jwk = await exportJWK(publicKey);
  const keys: PublicKey[] = [
    { ...jwk, use: "sig", key_ops: ["verify"], alg: ALGORITHM, kid: KEY_ID, x5c: [], x5tS256: "" },
  ];
  return {
    sign: (claims) =>
      new SignJWT(claims).setProtectedHeader({ alg: ALGORITHM, kid: KEY_ID, typ: "JWT" }).sign(privateKey),
    verify: (jwt) => verify(jwt, publicKey),
    jwks: () => ({ keys }),
  };
}

async function verify(jwt: string, publicKey: KeyLike): Promise<JWTPayload | null> {
  try {
    const { payload } = await compactVerify(jwt, publicKey, { algorithms: [ALGORITHM] });
    const claims: unknown = JSON.parse(new TextDecoder().decode(payload));
    return typeof claims === "object" && claims !== null ? { ...claims } : null;
  } catch {
    return null;
  }
}
