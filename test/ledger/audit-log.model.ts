import type { AuditAction, AuditFilter, AuditOutcome } from "../generated/graphql";

/** Who acts and reads, in the words of the README's table of callers. */
export interface Somebody {
  name: string;
  kind: "MEMBER" | "OPERATOR" | "SERVICE" | "NOBODY";
  id: string;
  /** A person's own Organization. */
  organizationId: string | null;
  isAdmin: boolean;
  /** A service's. */
  scopes: string[];
  headers: Record<string, string>;
}

/** An event as the model expects it and as a reader sees it. */
export interface Event {
  at: string;
  action: AuditAction;
  outcome: AuditOutcome;
  code: string | null;
  actor: { kind: string; id: string | null };
  organizationId: string | null;
  memberId: string | null;
  connectedAppId: string | null;
  requestId: string;
}

/** The three logs that there are. */
export type Log =
  | { of: "everything" }
  | { of: "Organization"; organizationId: string }
  | { of: "Member"; organizationId: string; memberId: string };

const readsEverything = ({ kind, scopes }: Somebody): boolean =>
  kind === "OPERATOR" || (kind === "SERVICE" && scopes.includes("read:marketplace"));

/** Who may read which log: the README says so in a row for each. */
export function mayRead(somebody: Somebody, log: Log): boolean {
  if (readsEverything(somebody)) return true;
  if (somebody.kind !== "MEMBER" || log.of === "everything") return false;
  const isOwn = log.of === "Member" && log.memberId === somebody.id;
  return log.organizationId === somebody.organizationId && (isOwn || somebody.isAdmin);
}

/** What stands in a log: for a Member what it did and what was done to it, in its own Organization. */
function isIn(log: Log, { organizationId, memberId, actor }: Event): boolean {
  if (log.of === "everything") return true;
  if (log.organizationId !== organizationId) return false;
  return log.of === "Organization" || log.memberId === memberId || log.memberId === actor.id;
}

/** An event that somebody finds by its id is one of a log that they may read. */
export const mayReadEvent = (somebody: Somebody, event: Event): boolean =>
  logsOf(event).some((log) => mayRead(somebody, log) && isIn(log, event));

function logsOf({ organizationId, memberId, actor }: Event): Log[] {
  if (organizationId === null) return [{ of: "everything" }];
  const people = [memberId, actor.id].filter((id) => id !== null);
  return [
    { of: "Organization", organizationId },
    ...people.map((id): Log => ({ of: "Member", organizationId, memberId: id })),
  ];
}

function matches(filter: AuditFilter, event: Event): boolean {
  const { actions, outcomes, organizationId, memberId, connectedAppId, actorId, since, until } = filter;
  return [
    !actions || actions.includes(event.action),
    !outcomes || outcomes.includes(event.outcome),
    !organizationId || organizationId === event.organizationId,
    !memberId || memberId === event.memberId,
    !connectedAppId || connectedAppId === event.connectedAppId,
    !actorId || actorId === event.actor.id,
    !since || event.at >= since,
    !until || event.at < until,
  ].every(Boolean);
}

/** What a log shows, newest first; `written` is in the order in which it happened. */
export const shownIn = <E extends Event>(log: Log, written: readonly E[], filter: AuditFilter = {}): E[] =>
  written.filter((event) => isIn(log, event) && matches(filter, event)).toReversed();

/** In one form. What one request did to several Members at once has no order of its own. */
export function normal(events: readonly Event[]): string[] {
  const runs: string[][] = [];
  let last: string | undefined;
  for (const { at, action, outcome, code, actor, organizationId, memberId, connectedAppId, requestId } of events) {
    const line = [at, action, outcome, code, actor.kind, actor.id, organizationId, memberId, connectedAppId];
    if (requestId !== last) runs.push([]);
    last = requestId;
    runs.at(-1)?.push(JSON.stringify([...line, requestId]));
  }
  return runs.flatMap((run) => run.toSorted());
}
