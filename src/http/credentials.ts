import type { FastifyRequest } from "fastify";
import type { Credentials } from "../auth/authenticate";
import { GatewayError } from "../errors";

/** Where callers put their credential (README "Callers"). Reads only; `auth/` decides. */
export function readCredentials(request: FastifyRequest): Credentials {
  const { authorization } = request.headers;
  const sessionToken = request.headers["x-stytch-member-session"];
  return {
    ...(authorization !== undefined && { bearer: bearerOf(authorization) }),
    ...(typeof sessionToken === "string" && sessionToken !== "" && { sessionToken }),
    ...readCookies(request),
  };
}

/** Only what a browser sends by itself. */
export function readCookies({ cookies }: FastifyRequest): Credentials {
  const { stytch_session_jwt: cookieJwt, stytch_session: cookieToken } = cookies;
  return { ...(cookieJwt && { cookieJwt }), ...(cookieToken && { cookieToken }) };
}

function bearerOf(authorization: string): string {
  const [scheme, token, ...rest] = authorization.trim().split(/ +/);
  if (scheme?.toLowerCase() === "bearer" && token && rest.length === 0) return token;
  throw new GatewayError("UNAUTHENTICATED", "The Authorization header must be: Bearer <token>.");
}
