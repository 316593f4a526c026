import { errors, type JWK, type JWTPayload, jwtVerify } from "jose";
import { envs, type MemberSession } from "stytch";
import { z } from "zod";
import { ALGORITHM, createKeySet, type OnUnknownKey, UnknownKey } from "./key-set";

/** How far Stytch's clock and ours may be apart when a token's times are checked here. */
const CLOCK_TOLERANCE_SECONDS = 10;

/** What a session JWT says of its session. */
export type VerifiedSession = Pick<MemberSession, "member_session_id" | "member_id" | "organization_id" | "roles">;

export interface VerifiedM2mToken {
  client_id: string;
  scopes: string[];
}

export const SESSION_CLAIM = "https://stytch.com/session";
const ORGANIZATION_CLAIM = "https://stytch.com/organization";

const SessionClaims = z.object({
  sub: z.string().min(1),
  [SESSION_CLAIM]: z.object({ id: z.string().min(1), roles: z.array(z.string()).default([]) }),
  [ORGANIZATION_CLAIM]: z.object({ organization_id: z.string().min(1) }),
  // A session never names a client; an app's token that copies the session claim does.
  client_id: z.undefined().optional(),
});
/** A Connected App's access token has the same issuer, audience and keys: it speaks for a Member of an Organization. */
const M2mClaims = z.object({
  sub: z
    .string()
    .min(1)
    .refine((sub) => !sub.startsWith("member-")),
  scope: z.string(),
  client_id: z.undefined().optional(),
  [ORGANIZATION_CLAIM]: z.undefined().optional(),
  [SESSION_CLAIM]: z.undefined().optional(),
});

export interface TokenOptions {
  projectId: string;
  /** Of the API; unset: Stytch's own. */
  baseUrl?: string | undefined;
  readKeySet(): Promise<{ keys: JWK[] }>;
}

/** Checks tokens on this machine: signature by a key of the project, algorithm, issuer, audience and times. */
export function createTokens({ projectId, baseUrl, readKeySet }: TokenOptions) {
  const keyOf = createKeySet(readKeySet);
  const ownUrl = projectId.startsWith("project-live-") ? envs.live : envs.test;
  const options = {
    algorithms: [ALGORITHM],
    audience: projectId,
    // Or the API's address, e.g. a custom domain, without the slash.
    issuer: [`stytch.com/${projectId}`, (baseUrl ?? ownUrl).replace(/\/+$/, "")],
    typ: "JWT",
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
  };

  async function verify(token: string, onUnknownKey: OnUnknownKey, requiredClaims: string[]): Promise<JWTPayload> {
    const { payload } = await jwtVerify(token, ({ kid }) => keyOf(kid, onUnknownKey), { ...options, requiredClaims });
    return payload;
  }

  return {
    async verifySessionJwt(jwt: string, onUnknownKey: OnUnknownKey): Promise<VerifiedSession> {
      const claims = SessionClaims.parse(await verify(jwt, onUnknownKey, ["sub", "exp", "iat"]));
      const session = claims[SESSION_CLAIM];
      return {
        member_session_id: session.id,
        member_id: claims.sub,
        organization_id: claims[ORGANIZATION_CLAIM].organization_id,
        roles: session.roles,
      };
    },

    /** With every claim that Stytch's own M2M tokens have. */
    async verifyM2mToken(token: string, onUnknownKey: OnUnknownKey): Promise<VerifiedM2mToken> {
      const { sub, scope } = M2mClaims.parse(await verify(token, onUnknownKey, ["sub", "exp", "iat", "nbf", "scope"]));
      return { client_id: sub, scopes: scope.split(" ").filter(Boolean) };
    },
  };
}

/** Genuine in everything else: the times are checked last. */
export const isExpired = (error: unknown): boolean => error instanceof errors.JWTExpired;

/** A token that Stytch did not make: no remote check can mend it. What has expired is not among these. */
export const isForged = (error: unknown): boolean =>
  error instanceof UnknownKey ||
  error instanceof errors.JWSSignatureVerificationFailed ||
  error instanceof errors.JOSEAlgNotAllowed ||
  error instanceof errors.JWSInvalid ||
  error instanceof errors.JWTInvalid ||
  error instanceof z.ZodError;
