import { createHash } from "node:crypto";
import { OAuthApiError } from "../wire/errors";

/** RFC 7636 4.1 and 4.2. */
const UNRESERVED = /^[A-Za-z0-9._~-]{43,128}$/;

export const isWellFormed = (challengeOrVerifier: string): boolean => UNRESERVED.test(challengeOrVerifier);

/** There is no method parameter: every challenge is S256. */
export function checkVerifier(challenge: string | null, verifier: string | undefined): void {
  if (challenge === null) {
    if (verifier !== undefined) throw new OAuthApiError("invalid_grant", "pkce_did_not_expect_code_verifier");
    return;
  }
  if (verifier === undefined) throw new OAuthApiError("invalid_grant", "pkce_expected_code_verifier");
  if (!isWellFormed(verifier)) throw new OAuthApiError("invalid_request", "invalid_pkce_code_verifier");
  const derived = createHash("sha256").update(verifier).digest("base64url");
  if (derived !== challenge) throw new OAuthApiError("invalid_grant", "pkce_mismatch");
}
