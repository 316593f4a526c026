import type { B2BSessionsAuthenticateResponse, Member, Organization } from "stytch";
import { Failure, problem, refused } from "../failure";
import type { Actor as AuditActor } from "../ledger/event";
import type { Deed, Ended, Intended, Once, Recorder } from "../ledger/recorder";
import type { Actor } from "../stytch/actor";
import { present } from "../stytch/kinds";
import type { StytchReads } from "../stytch/reads";
import type { StytchClient } from "../stytch/stytch";
import type { StytchWrites } from "../stytch/writes";
import { howItFailed, unexpected } from "./how-it-failed";
import type { Identity, Person } from "./identity";
import { ADMIN_ROLE, OPERATOR_SCOPES, type OperatorScope, READ_OTHER_MEMBERS_APPS, RULES, type Rule } from "./rules";

/** A person's own records: the answer of `sessions.authenticate` has both. */
export interface OwnRecords {
  member: Member;
  organization: Organization;
}

export interface CallerParts {
  identity: Identity;
  stytch: StytchClient;
  recorder: Recorder;
  requestId: string;
  /** Present when this request has asked Stytch about the session already. */
  records?: OwnRecords | undefined;
  /** Asks Stytch whether this operator still is one. @throws UNAUTHENTICATED or FORBIDDEN */
  confirmOperator(person: Person, stytch: StytchReads): Promise<OwnRecords>;
}

/** One deed, done with the only hands that can. */
type Work<T> = (stytch: StytchWrites) => Promise<T>;

/**
 * Who is asking, for one request. Every read and every write goes through it, so none can forget: a Member's calls
 * carry the Member's session and stay in the Member's Organization; only operators use the project's credentials.
 */
export class Caller {
  readonly identity: Identity;
  /** What it may ask; writes are in the hands of `perform`. */
  readonly stytch: StytchReads;
  readonly requestId: string;
  /** Rises with every write: whatever was read before one is out of date. */
  writes = 0;
  private readonly recorder: Recorder;
  private readonly parts: CallerParts;
  private own: Promise<OwnRecords | null> | undefined;
  private others: Promise<boolean> | undefined;
  private confirmed: boolean;

  constructor(parts: CallerParts) {
    this.parts = parts;
    this.identity = parts.identity;
    this.stytch = parts.stytch.reads;
    this.recorder = parts.recorder;
    this.requestId = parts.requestId;
    this.own = parts.records && Promise.resolve(parts.records);
    this.confirmed = parts.records !== undefined;
  }

  get isOperator(): boolean {
    return this.scopes.length > 0;
  }

  get person(): Person | null {
    return this.identity.kind === "member" || this.identity.kind === "operator" ? this.identity : null;
  }

  /** What an operator may do; empty for Members. */
  get scopes(): readonly OperatorScope[] {
    if (this.identity.kind === "service") return this.identity.scopes;
    return this.identity.kind === "operator" ? OPERATOR_SCOPES : [];
  }

  /** The session that this caller's calls carry; `null` is the project's own credentials: operators only. */
  get actor(): Actor {
    this.requireSignedIn();
    return this.identity.kind === "member" ? this.identity.session : null;
  }

  /** The one Organization this caller can see, or `null` for operators, who see all. */
  get tenant(): string | null {
    this.requireSignedIn();
    return this.identity.kind === "member" ? this.identity.organizationId : null;
  }

  sees(organizationId: string): boolean {
    return this.tenant === null || this.tenant === organizationId;
  }

  /** Of pending consents: nobody else can see or decide them. */
  get owner(): string {
    const { identity } = this;
    if (identity.kind === "service") return `service:${identity.clientId}`;
    if (identity.kind === "nobody") throw signInFirst();
    return `session:${identity.sessionId}`;
  }

  may(rule: Rule): boolean {
    if (this.identity.kind === "nobody") return false;
    const { member, scopes } = RULES[rule];
    if (this.identity.kind === "member") return member;
    return scopes.some((scope) => this.scopes.includes(scope));
  }

  /** @throws UNAUTHENTICATED without an identity, FORBIDDEN when the rule does not let this one in. */
  require(rule: Rule): void {
    this.requireSignedIn();
    if (this.may(rule)) return;
    const { scopes } = RULES[rule];
    if (scopes.length === 0) throw new Failure("FORBIDDEN", "Only Members may do this, each for themselves.");
    throw new Failure(
      "FORBIDDEN",
      this.identity.kind === "service"
        ? `This needs the scope ${scopes.join(" or ")}.`
        : "Only operators of this marketplace may do this.",
    );
  }

  /** A person's own records: the one read of itself that every Member may make. `null` for services. */
  self(): Promise<OwnRecords | null> {
    this.own ??= this.readSelf();
    return this.own;
  }

  /** Whether Stytch calls this person an admin of its own Organization, now; one call per request, shared with `self`. */
  async isAdmin(): Promise<boolean> {
    const self = await this.self();
    return self?.member.roles.some(({ role_id }) => role_id === ADMIN_ROLE) ?? false;
  }

  /** Whether the Connected Apps of other Members may be read: decided by Stytch, now; one call per request. */
  mayReadOthers(): Promise<boolean> {
    this.requireSignedIn();
    this.others ??= this.isAllowedByStytch(READ_OTHER_MEMBERS_APPS);
    return this.others;
  }

  /** Whether Stytch lets this caller's roles do this in its own Organization, now. Operators may: their scopes decide. */
  async isAllowedByStytch(action: { resource_id: string; action: string }): Promise<boolean> {
    try {
      await this.requireByStytch(action);
      return true;
    } catch (error) {
      if (error instanceof Failure && error.isStytch("session_authorization_error")) return false;
      throw error;
    }
  }

  /** @throws FORBIDDEN when Stytch says no, UNAUTHENTICATED when the session has ended. */
  async requireByStytch(action: { resource_id: string; action: string }): Promise<void> {
    const { identity } = this;
    if (identity.kind === "nobody") throw signInFirst();
    if (identity.kind !== "member") return;
    const authorization_check = { organization_id: identity.organizationId, ...action };
    const answer = await this.stytch.authenticateSession({ ...identity.session.identity, authorization_check });
    this.own ??= Promise.resolve(recordsOf(answer));
  }

  /**
   * Does one write and writes down that it is about to, and how it ended: the intent is durable before anything is
   * sent, and the caller gets the answer even if the outcome could not be kept. Client records know no session, so an
   * operator person is checked with Stytch first.
   */
  async perform<T>(deed: Deed, work: Work<T>, learn?: (result: T) => Partial<Ended>): Promise<T> {
    await this.beforeDeed();
    return this.carryOut(await this.recorder.intend(deed, this.auditActor, this.requestId), work, learn);
  }

  /** The same, once for each key of this caller, if there is one: a repeat sends nothing and says which app it was about. */
  async performOnce<T>(
    deed: Deed,
    once: Once | null,
    work: Work<T>,
    learn?: (result: T) => Partial<Ended>,
  ): Promise<{ result: T } | { replayedAppId: string }> {
    if (!once) return { result: await this.perform(deed, work, learn) };
    await this.beforeDeed();
    const intent = await this.recorder.intendOnce(deed, this.auditActor, this.requestId, once);
    if (intent.kind === "begun") return { result: await this.carryOut(intent, work, learn) };
    if (intent.kind === "replayed" && intent.connectedAppId) return { replayedAppId: intent.connectedAppId };
    if (intent.kind === "reused") {
      const message = "This idempotencyKey was used with another input. Choose a new one.";
      throw refused([problem("IDEMPOTENCY_KEY_REUSED", ["idempotencyKey"], message)]);
    }
    const message =
      intent.kind === "inFlight"
        ? "The same is under way, or its answer was lost. Ask again in a minute with this idempotencyKey."
        : "The answer to the first request with this idempotencyKey was lost, and nobody can tell whether it was done. Look, then choose a new one.";
    throw refused([problem("INVALID", ["idempotencyKey"], message)]);
  }

  private async carryOut<T>(
    intent: Intended,
    work: Work<T>,
    learn: (result: T) => Partial<Ended> = () => ({}),
  ): Promise<T> {
    const before = this.stytch.meter.stytchRequestIds.length;
    // Where deeds of one request run side by side, `learn` says which answer was this one's.
    const end = (how: Omit<Ended, "stytchRequestIds"> & Partial<Ended>) =>
      intent.ended({ stytchRequestIds: this.stytch.meter.stytchRequestIds.slice(before), ...how });
    let result: T;
    let learnt: Partial<Ended>;
    try {
      result = await this.stytch.meter.finish(() => work(this.parts.stytch.writes));
      learnt = learn(result);
    } catch (error) {
      const failure = error instanceof Failure ? error : unexpected(error);
      recorded.add(failure);
      const id = failure.details.stytchRequestId;
      await end({ ...howItFailed(failure), ...(typeof id === "string" && { stytchRequestIds: [id] }) });
      throw failure;
    } finally {
      this.forget();
    }
    await end({ outcome: "DONE", ...learnt });
    return result;
  }

  /** Writes down that a signed-in caller was not allowed to do this, unless `perform` has done so. */
  async recordRefusal(deed: Deed, failure: Failure): Promise<void> {
    if (this.identity.kind === "nobody" || failure.code !== "FORBIDDEN" || recorded.has(failure)) return;
    recorded.add(failure);
    // Nobody has looked up what the caller named, so it must not reach another Organization's chain.
    const organizationId = this.identity.kind === "member" ? this.identity.organizationId : null;
    await this.recorder.refused({ ...deed, organizationId }, this.auditActor, this.requestId, failure.code);
  }

  get auditActor(): AuditActor {
    const { identity } = this;
    if (identity.kind === "nobody") throw signInFirst();
    if (identity.kind === "service") return { kind: "SERVICE", id: identity.clientId };
    return { kind: identity.kind === "operator" ? "OPERATOR" : "MEMBER", id: identity.memberId };
  }

  /** For log lines: who, by ids alone. */
  describe(): Record<string, unknown> {
    const { identity } = this;
    if (identity.kind === "nobody") return { viewer: "nobody" };
    if (identity.kind === "service") return { viewer: "service", clientId: identity.clientId };
    const { kind, memberId, organizationId } = identity;
    return { viewer: kind, memberId, organizationId };
  }

  /** A Member's, whatever its session, or a service's: who pays for what the request holds. */
  get name(): string {
    return Object.values(this.describe()).join(" ");
  }

  private async beforeDeed(): Promise<void> {
    await this.confirm();
    if (this.stytch.meter.gone) {
      throw new Failure("UPSTREAM_UNAVAILABLE", "Whoever asked has gone, so nothing was begun.");
    }
  }

  /** Before a write with the project's credentials: Stytch is asked once per request whether an operator still is one. */
  private async confirm(): Promise<void> {
    const { identity } = this;
    if (identity.kind !== "operator" || this.confirmed) return;
    const records = await this.parts.confirmOperator(identity, this.stytch);
    this.own = Promise.resolve(records);
    this.confirmed = true;
  }

  private async readSelf(): Promise<OwnRecords | null> {
    const { identity } = this;
    if (identity.kind === "nobody") throw signInFirst();
    if (identity.kind === "service") return null;
    return recordsOf(await this.stytch.authenticateSession(identity.session.identity));
  }

  private forget(): void {
    this.writes += 1;
    this.own = undefined;
    this.others = undefined;
  }

  private requireSignedIn(): void {
    if (this.identity.kind === "nobody") throw signInFirst();
  }
}

/** Failures that are in the audit log already. */
const recorded = new WeakSet<Failure>();

/** Who asks stands in `member_session`; so what the answer lacks beside it costs whoever reads it. @throws LackingAnswer */
export const recordsOf = (answer: B2BSessionsAuthenticateResponse): OwnRecords => ({
  get member() {
    return present(answer.member, "member");
  },
  get organization() {
    return present(answer.organization, "organization");
  },
});

const signInFirst = () => new Failure("UNAUTHENTICATED", "Sign in first: send a session or an M2M access token.");
