/** Everything in a request that claims an identity. Values are raw and unchecked. */
export interface Credentials {
  /** `Authorization: Bearer`: a session JWT or an M2M access token. */
  bearer?: string;
  /** `X-Stytch-Member-Session`: an opaque session token. */
  sessionToken?: string;
  /** Cookie `stytch_session_jwt`. */
  cookieJwt?: string;
  /** Cookie `stytch_session`. */
  cookieToken?: string;
  /** An `Authorization` header that is there, and is no bearer token. */
  isMalformed?: true;
}

/** What of an HTTP request may carry a credential. */
export interface Carrier {
  headers: Record<string, string | string[] | undefined>;
  cookies: Record<string, string | undefined>;
}

/** Where callers put their credential (README "Callers"). Reads only; `identify` decides. */
export function readCredentials(request: Carrier): Credentials {
  const { authorization, "x-stytch-member-session": sessionToken } = request.headers;
  return {
    ...(typeof authorization === "string" && readBearer(authorization)),
    ...(typeof sessionToken === "string" && sessionToken !== "" && { sessionToken }),
    ...readCookies(request),
  };
}

/** Only what a browser sends by itself. */
export function readCookies({ cookies }: Pick<Carrier, "cookies">): Credentials {
  const { stytch_session_jwt: cookieJwt, stytch_session: cookieToken } = cookies;
  return { ...(cookieJwt && { cookieJwt }), ...(cookieToken && { cookieToken }) };
}

function readBearer(authorization: string): Credentials {
  const [scheme, token, ...rest] = authorization.trim().split(/ +/);
  if (scheme?.toLowerCase() === "bearer" && token && rest.length === 0) return { bearer: token };
  return { isMalformed: true };
}
