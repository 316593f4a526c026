import { createHash } from "node:crypto";
import { decodeJwt, type JWTPayload } from "jose";
import { LRUCache } from "lru-cache";
import type { MemberSession } from "stytch";
import { Failure } from "../failure";
import type { Recorder } from "../ledger/recorder";
import { OPERATORS } from "../stytch/breaker";
import type { Stytch, StytchClient } from "../stytch/client";
import { isForged, isKeySetFailure, toFailure } from "../stytch/errors";
import { UpstreamMeter } from "../stytch/meter";
import { SessionCredential } from "../stytch/session-credential";
import { Caller, type Identity, type OwnRecords, type Person, recordsOf, type Service } from "./caller";
import type { Credentials } from "./credentials";
import { ADMIN_ROLE } from "./rules";

export interface IdentifyOptions {
  stytch: Stytch;
  operatorOrganizationId: string | undefined;
  recorder: Recorder;
}

/** The caller; of kind `nobody` without credentials. One bad credential refuses the request, even beside a good one. */
export type Identify = (credentials: Credentials, requestId: string) => Promise<Caller>;

interface Known {
  identity: Person | Service;
  /** Present when Stytch was asked just now. */
  records?: OwnRecords;
}

const SESSION_CLAIM = "https://stytch.com/session";
const ORGANIZATION_CLAIM = "https://stytch.com/organization";

/** Milliseconds that a checked signature is remembered; less than jose keeps the key set (10 minutes). */
const REMEMBER_MS = 60_000;
/** Milliseconds that Stytch's word on an operator's session is good for reading across tenants. */
const CONFIRMED_MS = 15_000;

const refused = () => new Failure("UNAUTHENTICATED", "The credential is not valid. Sign in again.");

export function createIdentify({ stytch, operatorOrganizationId, recorder }: IdentifyOptions): Identify {
  /**
   * Which session a token belongs to. This never changes, so it may be remembered; whether the session still lives may
   * not. Lets a browser that sends both Stytch cookies be checked for one identity without a call per request.
   */
  const sessionIdByToken = new LRUCache<string, string>({ max: 10_000 });
  const fingerprint = (token: string) => createHash("sha256").update(token).digest("base64");

  /** Tokens that were checked on this machine. What they say cannot change, and none is kept longer than it is valid. */
  const identityByJwt = new LRUCache<string, Person | Service>({ max: 10_000 });
  function remember(key: string, { exp = 0 }: JWTPayload, identity: Person | Service): void {
    const ttl = Math.min(REMEMBER_MS, exp * 1000 - Date.now());
    if (ttl > 0) identityByJwt.set(key, identity, { ttl });
  }

  /** Sessions that Stytch has just called an operator's. A session JWT alone would do for minutes after its end. */
  const confirmedSessions = new LRUCache<string, true>({ max: 1_000, ttl: CONFIRMED_MS });

  function personOf(session: MemberSession, credential: SessionCredential): Person {
    const isOperator = session.organization_id === operatorOrganizationId && session.roles.includes(ADMIN_ROLE);
    return {
      kind: isOperator ? "operator" : "member",
      memberId: session.member_id,
      organizationId: session.organization_id,
      sessionId: session.member_session_id,
      session: credential,
    };
  }

  async function remote(
    identity: { session_jwt: string } | { session_token: string },
    client: StytchClient,
  ): Promise<Known> {
    const answer = await client.authenticateSession(identity).catch((error: Failure) => {
      throw error.code.startsWith("UPSTREAM") || error.code === "INTERNAL_SERVER_ERROR" ? error : refused();
    });
    sessionIdByToken.set(fingerprint(answer.session_token), answer.member_session.member_session_id);
    // An expired JWT is replaced by the fresh one of the answer; a token stays what it is.
    const credential = new SessionCredential(
      "session_token" in identity ? identity : { session_jwt: answer.session_jwt },
    );
    const person = personOf(answer.member_session, credential);
    if (person.kind === "operator") confirmedSessions.set(person.sessionId, true);
    return { identity: person, records: recordsOf(answer) };
  }

  /** A Connected App's access token has the same issuer, audience and keys. Only its organization claim gives it away. */
  async function m2mToken(token: string): Promise<Service> {
    const { client_id, scopes, custom_claims } = await stytch.verifyM2mToken(token).catch((error) => {
      throw isKeySetFailure(error) ? toFailure(null) : refused();
    });
    if (ORGANIZATION_CLAIM in custom_claims || "client_id" in custom_claims || client_id.startsWith("member-"))
      throw refused();
    return { kind: "service", clientId: client_id, scopes };
  }

  async function local(token: string, claims: JWTPayload): Promise<Person | Service> {
    if (!(SESSION_CLAIM in claims)) return m2mToken(token);
    // A session never names a client; an app's token that copies the session claim does.
    if ("client_id" in claims) throw refused();
    return personOf(await stytch.verifySessionJwt(token), new SessionCredential({ session_jwt: token }));
  }

  /** Local first; a session JWT that fails here, because it has expired for instance, is for Stytch to judge. */
  async function jwt(token: string, client: StytchClient): Promise<Known> {
    const key = fingerprint(token);
    const known = identityByJwt.get(key);
    if (known) return { identity: known };
    const claims = readClaims(token);
    if (!claims) throw refused();
    try {
      const identity = await local(token, claims);
      remember(key, claims, identity);
      return { identity };
    } catch (error) {
      if (error instanceof Failure) throw error;
      // No remote check can mend a wrong signature, so forged tokens cost no upstream call.
      if (isForged(error)) throw refused();
      return remote({ session_jwt: token }, client);
    }
  }

  async function token(value: string, known: Known | undefined, client: StytchClient): Promise<Known> {
    if (known && sessionIdByToken.get(fingerprint(value)) === sessionIdOf(known)) return known;
    return remote({ session_token: value }, client);
  }

  /** An operator who was known by a JWT is confirmed before it reads across tenants: its session may have ended. */
  async function confirmed(known: Known, client: StytchClient): Promise<Known> {
    const { identity, records } = known;
    if (identity.kind !== "operator" || records || confirmedSessions.has(identity.sessionId)) return known;
    return remote(identity.session.identity, client);
  }

  /** Always asks. @throws UNAUTHENTICATED when the session has ended, FORBIDDEN when it is no operator's any more */
  async function confirmOperator({ session }: Person, client: StytchClient): Promise<OwnRecords> {
    const { identity, records } = await remote(session.identity, client);
    if (identity.kind === "operator" && records) return records;
    throw new Failure("FORBIDDEN", "Only operators of this marketplace may do this.");
  }

  async function identityOf(credentials: Credentials, client: StytchClient): Promise<Known | null> {
    const jwts = distinct(credentials.bearer, credentials.cookieJwt);
    const tokens = distinct(credentials.sessionToken, credentials.cookieToken);
    const found: Known[] = [];
    for (const value of jwts) found.push(await jwt(value, client));
    for (const value of tokens) found.push(await token(value, found[0], client));
    if (new Set(found.map(sessionIdOf)).size > 1) {
      throw new Failure("BAD_USER_INPUT", "The request carries two different identities. Send one credential only.");
    }
    const last = found.at(-1);
    return last ? confirmed(last, client) : null;
  }

  return async function identify(credentials, requestId) {
    const meter = new UpstreamMeter();
    const client = stytch.client(meter);
    const known = await identityOf(credentials, client);
    const identity: Identity = known?.identity ?? { kind: "nobody" };
    if (known) meter.tenant = identity.kind === "member" ? identity.organizationId : OPERATORS;
    return new Caller({ identity, stytch: client, recorder, requestId, records: known?.records, confirmOperator });
  };
}

const distinct = (...values: (string | undefined)[]) => new Set(values.filter((value) => value !== undefined));

/** What tells identities apart: a person's session, a service's client. */
const sessionIdOf = ({ identity }: Known): string =>
  identity.kind === "service" ? identity.clientId : identity.sessionId;

/** Unverified claims, to choose the verifier. Nothing is trusted before that one has accepted the signature. */
function readClaims(token: string): JWTPayload | null {
  try {
    return decodeJwt(token);
  } catch {
    return null;
  }
}
