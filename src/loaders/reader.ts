import { READ_OTHER_MEMBERS_APPS, requireAllowed } from "../auth/permissions";
import { actorOf, type MemberRecords, recordsOf, tenantOf, type Viewer } from "../auth/viewer";
import { GatewayError } from "../errors";
import type { Actor, StytchClient } from "../stytch/client";

/**
 * How this request's viewer reads. Every loader goes through it, so none can forget who is asking: a Member's calls
 * carry the Member's session and stay in the Member's Organization; only operators use the project's credentials.
 */
export interface Reader {
  readonly stytch: StytchClient;
  /** @throws UNAUTHENTICATED or FORBIDDEN when the viewer may not read. */
  readonly actor: Actor;
  /** The one Organization this viewer can see, or `null` for operators, who see all. */
  readonly tenant: string | null;
  /** The viewer's own Member id; `null` for services. */
  readonly memberId: string | null;
  /** The viewer's own records, from `sessions.authenticate`: the one read of itself that every Member may make. */
  self(): Promise<MemberRecords | null>;
  /** Whether the Connected Apps of other Members may be read: decided by Stytch, now; one call per request. */
  mayReadOthers(): Promise<boolean>;
}

export function createReader(stytch: StytchClient, viewer: Viewer | null): Reader {
  let self: Promise<MemberRecords | null> | undefined;
  let others: Promise<boolean> | undefined;

  function allowed(): Viewer {
    requireAllowed(viewer, "read");
    return viewer;
  }

  async function askStytch(reader: Viewer): Promise<boolean> {
    if (reader.kind === "service" || reader.isOperator) return true;
    try {
      const answer = await stytch.authenticateSession({
        ...reader.session.identity,
        authorization_check: { organization_id: reader.organizationId, ...READ_OTHER_MEMBERS_APPS },
      });
      self ??= Promise.resolve(recordsOf(answer));
      return true;
    } catch (error) {
      if (error instanceof GatewayError && error.code === "FORBIDDEN") return false;
      throw error;
    }
  }

  async function readSelf(reader: Viewer): Promise<MemberRecords | null> {
    if (reader.kind === "service") return null;
    return reader.records ?? recordsOf(await stytch.authenticateSession(reader.session.identity));
  }

  return {
    stytch,
    get actor() {
      return actorOf(allowed());
    },
    get tenant() {
      return tenantOf(allowed());
    },
    memberId: viewer?.kind === "member" ? viewer.memberId : null,
    async self() {
      self ??= readSelf(allowed());
      return self;
    },
    async mayReadOthers() {
      others ??= askStytch(allowed());
      return others;
    },
  };
}

export const isInTenant = (reader: Reader, organizationId: string): boolean =>
  reader.tenant === null || reader.tenant === organizationId;

export const notFound = (what: string) => new GatewayError("NOT_FOUND", `${what} not found.`);

/** `null` when the upstream says that this object does not exist; anything else is thrown. */
export async function orNull<T>(
  object: "organization" | "member" | "connected_app",
  promise: Promise<T>,
): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof GatewayError && error.details.stytchErrorType === `${object}_not_found`) return null;
    throw error;
  }
}
