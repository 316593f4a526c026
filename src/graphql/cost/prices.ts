import { Extensions } from "type-graphql";
import { MAX_IDS, searchesFor } from "../../loaders/align";
import { isConnectedAppId, isMemberId, isOrganizationId } from "../../stytch/ids";
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from "../relay/page.input";

/**
 * How many objects a selection is resolved for. Fields of one list start together, so their loaders batch them; other
 * lists may arrive at another time, so each is counted for itself.
 */
export interface Group {
  lists: number;
  /** Objects of one list. */
  size: number;
  /** All objects of a list belong to the same Organization. */
  oneOrganization: boolean;
  /** Apps only: whether the client's record came along, from a read or from a write. */
  record?: "read" | "written";
}

/**
 * Calls that are made at most once per request, whoever needs them: `sessions.authenticate`, plain and for RBAC, and the
 * list of the viewer's own authorizations.
 */
export type Once = "self" | "others" | "own authorizations";

export interface FieldCost {
  /** Upper bound of upstream calls for the whole group. */
  calls: number;
  once?: Once[];
  /** What the field's own selection is resolved for; as the parent's when left out. */
  children?: Group;
  /** The same for interfaces, by type. A type that is not named has no objects. */
  childrenByType?: Record<string, Group>;
}

export type CostRule = (group: Group, args: Record<string, unknown>) => FieldCost;

/** Says at a field what it costs. A field without a rule costs nothing; a test knows those that have a resolver. */
export const Cost = (rule: CostRule): MethodDecorator & PropertyDecorator => Extensions({ cost: rule });

/** For fields that make no call, though a resolver is behind them. */
export const FREE: CostRule = () => ({ calls: 0 });

export function costRuleOf({ extensions }: { extensions: { cost?: unknown } }): CostRule | undefined {
  const rule = extensions.cost;
  return isCostRule(rule) ? rule : undefined;
}

/** Only `@Cost` sets it. */
const isCostRule = (rule: unknown): rule is CostRule => typeof rule === "function";

/** Authorizations of one list that the bound reckons with. A longer one raises it when it is read. */
export const USUAL_AUTHORIZATIONS = 1000;

/** One object by itself. */
export const ONE: Group = { lists: 1, size: 1, oneOrganization: true };
/** All objects of a group. */
export const all = ({ lists, size }: Group) => lists * size;
/** A list of this size for each object of a group. */
export const lists = (group: Group, size: number): Group => ({ lists: all(group), size, oneOrganization: true });

/** After a loader: objects arrive by batch, and those that were known already before the others. */
export const loaded = ({ lists, size, oneOrganization }: Group): Group => ({
  lists: size === 1 ? lists : lists * (searchesFor(size) + 1),
  size: Math.min(size, MAX_IDS),
  oneOrganization,
});

/** The Organization of a list's objects: one record where it is the same for all. */
const owner = (group: Group): Group => (group.oneOrganization ? { ...ONE, lists: group.lists } : loaded(group));

/** Items of a page, whatever its arguments say. */
export const pageSize = ({ first }: Record<string, unknown>) =>
  Math.min(Math.max(typeof first === "number" ? first : DEFAULT_PAGE_SIZE, 1), MAX_PAGE_SIZE);

/** The Organization of each object. */
export const owningOrganization: CostRule = (group) => ({
  calls: group.lists * searchesFor(group.size),
  once: ["self"],
  children: owner(group),
});

/** Objects that the ledger's database keeps: reading one costs no call. */
const OURS: readonly (readonly [prefix: string, type: string])[] = [
  ["audit-event-", "AuditEvent"],
  ["app-request-", "AppRequest"],
  ["listing", "Listing"],
];

const idsByType = (ids: readonly unknown[]): Record<string, number> => {
  const kinds = ids.map((id) => {
    if (typeof id !== "string") return "";
    if (isOrganizationId(id)) return "Organization";
    if (isMemberId(id)) return "Member";
    if (isConnectedAppId(id)) return "ConnectedApp";
    return OURS.find(([prefix]) => id.startsWith(prefix))?.[1] ?? "Authorization";
  });
  return Object.fromEntries([...new Set(kinds)].map((kind) => [kind, kinds.filter((other) => other === kind).length]));
};

/** A Member or an app costs a call each and a search that may precede them; an authorization up to two. */
function nodeCalls(type: string, count: number): number {
  if (OURS.some(([, ours]) => ours === type)) return 0;
  return type === "Authorization" ? 2 * count : count + 1;
}

/** Objects by their ids, of whatever kinds. */
export function nodes(ids: readonly unknown[]): FieldCost {
  const counts = Object.entries(idsByType(ids.slice(0, MAX_IDS)));
  return {
    calls: counts.reduce((calls, [type, count]) => calls + nodeCalls(type, count), 0),
    once: ["self", "others"],
    childrenByType: Object.fromEntries(
      counts.map(([type, size]) => [
        type,
        {
          // A Member that is read by its id alone arrives alone.
          ...(type === "Member" ? { lists: size, size: 1 } : { lists: 1, size }),
          oneOrganization: size === 1,
          ...(type === "ConnectedApp" && { record: "read" as const }),
        },
      ]),
    ),
  };
}

/** A write, and the check of an operator's session before it. */
export const clientWrite: CostRule = () => ({ calls: 2 });
/** An alias to resolve, the check of a session, the write. */
export const organizationWrite: CostRule = () => ({ calls: 3, once: ["self"] });
/** An app in a payload: its record came along. */
export const writtenApp: CostRule = () => ({ calls: 0, children: { ...ONE, record: "written" } });

/** A page of audit events. */
export const events = (args: Record<string, unknown>, group: Group = ONE): Group => ({
  lists: all(group),
  size: pageSize(args),
  oneOrganization: false,
});
/** One search for those of known Organizations; an operator is known by its id alone. */
export const eventMember: CostRule = (group) => ({
  calls: all(group) + group.lists,
  once: ["self"],
  children: loaded(group),
});

/** At most one object for each of the group's, that costs no call. */
export const oneEach: CostRule = (group) => ({ calls: 0, children: group });
/** A record by its id, of a known Organization. */
export const memberById: CostRule = (group) => ({
  calls: group.lists * searchesFor(group.size),
  once: ["self"],
  children: loaded(group),
});
