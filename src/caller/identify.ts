import { createHash } from "node:crypto";
import { decodeJwt, decodeProtectedHeader, type JWTPayload } from "jose";
import { LRUCache } from "lru-cache";
import { Failure } from "../failure";
import type { Recorder } from "../ledger/recorder";
import type { RedisPatience } from "../redis";
import { OPERATORS } from "../stytch/breaker";
import { KeySetUnavailable, type OnUnknownKey } from "../stytch/key-set";
import { UpstreamMeter } from "../stytch/meter";
import type { StytchReads } from "../stytch/reads";
import { SessionCredential } from "../stytch/session-credential";
import type { Stytch } from "../stytch/stytch";
import { isExpired, isForged, SESSION_CLAIM, type VerifiedSession } from "../stytch/tokens";
import type { Span } from "../trace";
import { Caller, type OwnRecords, recordsOf } from "./caller";
import type { Credentials } from "./credentials";
import type { Gate, KnownPerson, Unproven } from "./gate";
import type { Identity, Person, Service } from "./identity";
import { ADMIN_ROLE, operatorScopesOf } from "./rules";

export interface IdentifyOptions {
  stytch: Stytch;
  operatorOrganizationId: string | undefined;
  recorder: Recorder;
  /** By which refusals are forgotten. */
  clock?: () => Date;
}

/** The caller; of kind `nobody` without credentials. One bad credential refuses the request, even beside a good one. */
export type Identify = (credentials: Credentials, request: RequestParts) => Promise<Caller>;

export interface RequestParts {
  requestId: string;
  gate: Gate;
  /** For Redis: the gate's commands and those for searches use it up together. */
  patience: RedisPatience;
  /** Tells `listener` when nobody waits for the answer any more. */
  whenGone(listener: () => void): void;
  /** Where it is traced: what its calls belong to. */
  span: Span | null;
  /** Told of what counts its calls, before the first: a refused credential may have cost some. */
  counting?: (spent: Spent) => void;
}

export type Spent = Readonly<Pick<UpstreamMeter, "upstreamCalls" | "coalesced">>;

interface Known {
  identity: Person | Service;
  /** Present when Stytch was asked just now. */
  records?: OwnRecords;
}

/** Milliseconds that a checked signature is remembered; less than jose keeps the key set (10 minutes). */
const REMEMBER_MS = 60_000;
/** Milliseconds that Stytch's word on an operator's session is good for reading across tenants. */
const CONFIRMED_MS = 15_000;

/** Milliseconds that a refusal is remembered: what was refused does not become good, but records may arrive late. */
const REFUSED_MS = 15_000;

/** The one algorithm that Stytch signs with (https://stytch.com/docs/b2b/guides/sessions/resources/using-jwts). */
const ALGORITHM = "RS256";

const MALFORMED = "The Authorization header must be: Bearer <token>.";
const NOT_VALID = "The credential is not valid. Sign in again.";
/** For services, which do not sign in: RFC 6749 4.4. */
const EXPIRED =
  "This M2M access token has expired. Get a new one at Stytch's token endpoint (grant_type=client_credentials) and use it for no longer than its expires_in.";
const refused = (message = NOT_VALID) => new Failure("UNAUTHENTICATED", message);

export function createIdentify(options: IdentifyOptions): Identify {
  const { stytch, operatorOrganizationId, recorder, clock = () => new Date() } = options;
  /** Whose session a token is. Lets a caller who is over its limit be refused without asking Stytch who it is. */
  const personByToken = new LRUCache<string, KnownPerson>({ max: 10_000 });
  /** What was said of credentials that were refused a moment ago. */
  const refusedTokens = new LRUCache<string, { message: string; until: number }>({ max: 10_000 });
  function refusalOf(key: string): string | undefined {
    const known = refusedTokens.get(key);
    return known && known.until > clock().getTime() ? known.message : undefined;
  }
  /** Being used again does not prolong it: the token may be good by then. */
  function rememberRefused(key: string, message: string): void {
    if (refusalOf(key) === undefined) refusedTokens.set(key, { message, until: clock().getTime() + REFUSED_MS });
  }
  const fingerprint = (token: string) => createHash("sha256").update(token).digest("base64");

  /** Tokens that were checked on this machine. What they say cannot change, and none is kept longer than it is valid. */
  const identityByJwt = new LRUCache<string, Person | Service>({ max: 10_000 });
  function remember(key: string, { exp = 0 }: JWTPayload, identity: Person | Service): void {
    const ttl = Math.min(REMEMBER_MS, exp * 1000 - Date.now());
    if (ttl <= 0) return;
    identityByJwt.set(key, identity, { ttl });
    if (identity.kind !== "service") personByToken.set(key, knownPerson(identity));
  }

  /** Sessions that Stytch has just called an operator's. A session JWT alone would do for minutes after its end. */
  const confirmedSessions = new LRUCache<string, true>({ max: 1_000, ttl: CONFIRMED_MS });

  function personOf(session: VerifiedSession, credential: SessionCredential): Person {
    const isOperator = session.organization_id === operatorOrganizationId && session.roles.includes(ADMIN_ROLE);
    return {
      kind: isOperator ? "operator" : "member",
      memberId: session.member_id,
      organizationId: session.organization_id,
      sessionId: session.member_session_id,
      roles: session.roles,
      session: credential,
    };
  }

  /** Stytch's word on a credential, after the limits of whoever has it, or else of the address that sent it. */
  async function remote(
    identity: { session_jwt: string } | { session_token: string },
    { client, gate }: Asking,
  ): Promise<Known> {
    const key = fingerprint("session_token" in identity ? identity.session_token : identity.session_jwt);
    if (refusalOf(key) !== undefined) return refuse(key, gate);
    const person = personByToken.get(key);
    if (person) {
      await gate.known(person);
      client.meter.tenant = person.organizationId;
    }
    const proof = person ? null : await gate.unproven();
    const answer = await client.authenticateSession(identity).catch(async (error: Failure) => {
      if (!isRefusal(error)) {
        proof?.unanswered();
        throw error;
      }
      // No word on the credential: whoever signs in again is told the same.
      if (error.isStytch("organization_suspended")) throw error;
      rememberRefused(key, NOT_VALID);
      personByToken.delete(key);
      throw refused();
    });
    proof?.good();
    // An expired JWT is replaced by the fresh one of the answer; a token stays what it is.
    const credential = new SessionCredential(
      "session_token" in identity ? identity : { session_jwt: answer.session_jwt || identity.session_jwt },
    );
    const found = personOf(answer.member_session, credential);
    for (const known of [key, ...(answer.session_token ? [fingerprint(answer.session_token)] : [])]) {
      personByToken.set(known, knownPerson(found));
    }
    await gate.known(found);
    if (found.kind === "operator") confirmedSessions.set(found.sessionId, true);
    return { identity: found, records: recordsOf(answer) };
  }

  async function m2mToken(token: string, onUnknownKey: OnUnknownKey): Promise<Service> {
    const { client_id, scopes } = await stytch.verifyM2mToken(token, onUnknownKey).catch((error) => {
      if (error instanceof Failure) throw error;
      throw error instanceof KeySetUnavailable
        ? new Failure("UPSTREAM_UNAVAILABLE")
        : refused(isExpired(error) ? EXPIRED : NOT_VALID);
    });
    return { kind: "service", clientId: client_id, scopes: operatorScopesOf(scopes) };
  }

  async function local(token: string, claims: JWTPayload, onUnknownKey: OnUnknownKey): Promise<Person | Service> {
    if (!(SESSION_CLAIM in claims)) return m2mToken(token, onUnknownKey);
    return personOf(await stytch.verifySessionJwt(token, onUnknownKey), new SessionCredential({ session_jwt: token }));
  }

  /** Refused without asking anybody: it counts, and is remembered. */
  async function refuse(key: string, gate: Gate, message = refusalOf(key) ?? NOT_VALID): Promise<never> {
    rememberRefused(key, message);
    await gate.refused();
    throw refused(message);
  }

  /** Local first; a session JWT of Stytch's that has expired, or comes from another clock, is for Stytch to judge. */
  async function jwt(token: string, asking: Asking): Promise<Known> {
    const key = fingerprint(token);
    const known = identityByJwt.get(key);
    if (known) return { identity: known };
    const claims = readClaims(token);
    if (!claims || refusalOf(key) !== undefined) return refuse(key, asking.gate);
    const counted: Unproven[] = [];
    try {
      const identity = await local(token, claims, async () => void counted.push(await asking.gate.unknownKey()));
      remember(key, claims, identity);
      for (const { good } of counted) good();
      return { identity };
    } catch (error) {
      const isOurs = error instanceof Failure;
      // No remote check can mend a signature that is not Stytch's, so forged tokens cost no upstream call.
      if (isOurs ? error.code === "UNAUTHENTICATED" : isForged(error)) {
        const message = isOurs ? error.message : NOT_VALID;
        if (counted.length === 0) return refuse(key, asking.gate, message);
        rememberRefused(key, message);
        throw refused(message);
      }
      // Nobody could tell: what was counted stays, or invented keys would be free while the key set cannot be read.
      if (isOurs) throw error;
      for (const { good } of counted) good();
      return remote({ session_jwt: token }, asking);
    }
  }

  async function token(value: string, known: Known | undefined, asking: Asking): Promise<Known> {
    if (known && personByToken.get(fingerprint(value))?.sessionId === sessionIdOf(known)) return known;
    return remote({ session_token: value }, asking);
  }

  /** An operator who was known by a JWT is confirmed before it reads across tenants: its session may have ended. */
  async function confirmed(known: Known, asking: Asking): Promise<Known> {
    const { identity, records } = known;
    if (identity.kind !== "operator" || records || confirmedSessions.has(identity.sessionId)) return known;
    return remote(identity.session.identity, asking);
  }

  async function identityOf(credentials: Credentials, asking: Asking): Promise<Known | null> {
    if (credentials.isMalformed) {
      await asking.gate.refused();
      throw refused(MALFORMED);
    }
    const jwts = distinct(credentials.bearer, credentials.cookieJwt);
    const tokens = distinct(credentials.sessionToken, credentials.cookieToken);
    const found: Known[] = [];
    for (const value of jwts) found.push(await jwt(value, asking));
    for (const { identity } of found) await asking.gate.known(identity);
    for (const value of tokens) found.push(await token(value, found[0], asking));
    if (new Set(found.map(sessionIdOf)).size > 1) {
      throw new Failure("BAD_USER_INPUT", "The request carries two different identities. Send one credential only.");
    }
    const last = found.at(-1);
    return last ? confirmed(last, asking) : null;
  }

  return async function identify(credentials, { requestId, gate, patience, whenGone, span, counting }) {
    const meter = new UpstreamMeter();
    counting?.(meter);
    meter.span = span;
    meter.patience = patience;
    const client = stytch.client(meter);
    const asking = { client: client.reads, gate };
    // Before who calls is asked about: that may be the first thing nobody waits for.
    whenGone(() => meter.abort());
    const known = await identityOf(credentials, asking);
    if (!known) await gate.nobody();
    /** Always asks. @throws UNAUTHENTICATED when the session has ended, FORBIDDEN when it is no operator's any more */
    const confirmOperator = async ({ session }: Person): Promise<OwnRecords> => {
      const { identity, records } = await remote(session.identity, asking);
      if (identity.kind === "operator" && records) return records;
      throw new Failure("FORBIDDEN", "Only operators of this marketplace may do this.");
    };
    const identity: Identity = known?.identity ?? { kind: "nobody" };
    if (known) meter.tenant = identity.kind === "member" ? identity.organizationId : OPERATORS;
    if (identity.kind === "member") meter.rights = [identity.memberId, ...[...identity.roles].sort()].join(" ");
    return new Caller({ identity, stytch: client, recorder, requestId, records: known?.records, confirmOperator });
  };
}

/** One request's way to Stytch, and what it must get past before. */
interface Asking {
  client: StytchReads;
  gate: Gate;
}

/** Stytch's own no. Trouble on the way to it, or a bound of ours, says nothing about the credential. */
const isRefusal = ({ code, details }: Failure): boolean =>
  code === "UNAUTHENTICATED" ||
  (details.stytchErrorType !== undefined && !code.startsWith("UPSTREAM") && code !== "INTERNAL_SERVER_ERROR");

const knownPerson = ({ memberId, organizationId, sessionId }: Person): KnownPerson => ({
  memberId,
  organizationId,
  sessionId,
});

const distinct = (...values: (string | undefined)[]) => new Set(values.filter((value) => value !== undefined));

/** What tells identities apart: a person's session, a service's client. */
const sessionIdOf = ({ identity }: Known): string =>
  identity.kind === "service" ? identity.clientId : identity.sessionId;

/**
 * Unverified claims, to choose the verifier; `null` where no verifier could accept the token. Nothing is trusted before
 * that one has accepted the signature.
 */
function readClaims(token: string): JWTPayload | null {
  try {
    return decodeProtectedHeader(token).alg === ALGORITHM ? decodeJwt(token) : null;
  } catch {
    return null;
  }
}
