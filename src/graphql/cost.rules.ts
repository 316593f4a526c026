import { MAX_REVOCATIONS } from "../oauth/revoke-many";
import { isConnectedAppId, isMemberId, isOrganizationId } from "../stytch/ids";
import { DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from "./relay/page.input";

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

/** Calls that are made at most once per request, whoever needs them: `sessions.authenticate`, plain and for RBAC. */
export type Once = "self" | "others";

export interface Cost {
  /** Upper bound of upstream calls for the whole group. */
  calls: number;
  once?: Once[];
  /** What the field's own selection is resolved for; as the parent's when left out. */
  children?: Group;
  /** The same for interfaces, by type. A type that is not named has no objects. */
  childrenByType?: Record<string, Group>;
}

export type CostRule = (group: Group, args: Record<string, unknown>) => Cost;

/** Apps per Organization. The API has no paging there; one with more is read as far as the bound goes. */
const MAX_APPS = 50;
/** Authorizations in one list, for the same reason. */
const MAX_AUTHORIZATIONS = 1000;
/** Ids per search. */
const BATCH = 100;

const ONE: Group = { lists: 1, size: 1, oneOrganization: true };
const batches = (size: number) => Math.ceil(size / BATCH);
const all = ({ lists, size }: Group) => lists * size;
const lists = (group: Group, size: number): Group => ({ lists: all(group), size, oneOrganization: true });

/** After a loader: objects arrive by batch, and those that were known already before the others. */
const loaded = ({ lists, size, oneOrganization }: Group): Group => ({
  lists: size === 1 ? lists : lists * (batches(size) + 1),
  size: Math.min(size, BATCH),
  oneOrganization,
});

/** The Organization of a list's objects: one record where it is the same for all. */
const owner = (group: Group): Group => (group.oneOrganization ? { ...ONE, lists: group.lists } : loaded(group));

/** Pages reached by a cursor may need a second call (see `readPage`). */
const pageCalls = ({ after }: Record<string, unknown>) => (after == null ? 1 : 2);
const pageSize = ({ first }: Record<string, unknown>) =>
  Math.min(Math.max(typeof first === "number" ? first : DEFAULT_PAGE_SIZE, 1), MAX_PAGE_SIZE);

const organization: CostRule = (group) => ({
  calls: group.lists * batches(group.size),
  once: ["self"],
  children: owner(group),
});

const appsOfOrganization: CostRule = (group) => ({ calls: all(group), children: lists(group, MAX_APPS) });

/** A page of 1000 holds every client, unless the project has more; a client made or deleted just now costs one more. */
const clients = (group: Group) => group.lists * 2;

const idsByType = (ids: readonly unknown[]): Record<string, number> => {
  const kinds = ids.map((id) => {
    if (typeof id !== "string") return "";
    if (isOrganizationId(id)) return "Organization";
    if (isMemberId(id)) return "Member";
    return isConnectedAppId(id) ? "ConnectedApp" : "Authorization";
  });
  return Object.fromEntries([...new Set(kinds)].map((kind) => [kind, kinds.filter((other) => other === kind).length]));
};

function nodes(ids: readonly unknown[]): Cost {
  const counts = Object.entries(idsByType(ids.slice(0, BATCH)));
  return {
    // A Member or an app costs a call each and a search that may precede them; an authorization up to two.
    calls: counts.reduce((calls, [type, count]) => calls + (type === "Authorization" ? 2 * count : count + 1), 0),
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
const clientWrite: CostRule = () => ({ calls: 2 });
/** An alias to resolve, the check of a session, the write. */
const organizationWrite: CostRule = () => ({ calls: 3, once: ["self"] });
/** Also: the right asked for, a list before and one after, a search for strangers, and so many revocations. */
const revocations: CostRule = () => ({ calls: 7 + MAX_REVOCATIONS, once: ["self"] });
const remaining: CostRule = () => ({ calls: 1 });
const writtenApp: CostRule = () => ({ calls: 0, children: { ...ONE, record: "written" } });

const events = (args: Record<string, unknown>, group: Group = ONE): Group => ({
  lists: all(group),
  size: pageSize(args),
  oneOrganization: false,
});
/** One search for those of known Organizations; an operator is known by its id alone. */
const eventMember: CostRule = (group) => ({ calls: all(group) + group.lists, once: ["self"], children: loaded(group) });

/** By `Type.field`. A field without a rule costs nothing, and its selection is resolved as often as it is. */
export const COST_RULES: ReadonlyMap<string, CostRule> = new Map<string, CostRule>([
  ["Query.organization", () => ({ calls: 1, once: ["self"], children: ONE })],
  [
    "Query.organizations",
    (_, args) => ({ calls: pageCalls(args), children: { ...ONE, oneOrganization: false, size: pageSize(args) } }),
  ],
  ["Query.member", () => ({ calls: 2, once: ["self"], children: ONE })],
  ["Query.connectedApp", () => ({ calls: 2, children: { ...ONE, record: "read" } })],
  [
    "Query.connectedApps",
    (_, args) => ({
      calls: pageCalls(args),
      children: { ...ONE, oneOrganization: false, size: pageSize(args), record: "read" },
    }),
  ],
  ["Query.node", (_, { id }) => nodes([id])],
  ["Query.nodes", (_, { ids }) => nodes(Array.isArray(ids) ? ids : [])],

  ["Viewer.member", () => ({ calls: 0, once: ["self"] })],
  ["Viewer.organization", () => ({ calls: 0, once: ["self"] })],

  // One search for all first pages; each page for itself if they do not fit it.
  [
    "Organization.members",
    (group, args) => ({
      calls: all(group) * pageCalls(args) + group.lists * batches(group.size),
      children: lists(group, pageSize(args)),
    }),
  ],
  // Read on its own only where the Organization came from memory, which saved the search that is counted for it.
  ["Organization.connectedAppPolicy", () => ({ calls: 0 })],
  ["Organization.connectedApps", appsOfOrganization],
  [
    "Organization.authorizations",
    (group, { connectedAppId }) => ({
      calls: all(group) * (connectedAppId ? 1 : 1 + MAX_APPS),
      once: ["others"],
      children: lists(group, MAX_AUTHORIZATIONS),
    }),
  ],

  ["Member.organization", organization],
  // min(M, 1 + K) and one more for each Organization.
  [
    "Member.authorizations",
    (group) => ({
      calls: group.lists * (group.oneOrganization ? Math.min(group.size, 1 + MAX_APPS) + 1 : 2 * group.size),
      once: ["others"],
      children: lists(group, MAX_APPS),
    }),
  ],

  [
    "ConnectedApp.authorizations",
    (group, { organizationId }) => ({
      // An alias is resolved once per app.
      calls: all(group) * (typeof organizationId === "string" && !isOrganizationId(organizationId) ? 2 : 1),
      once: ["self", "others"],
      children: lists(group, MAX_AUTHORIZATIONS),
    }),
  ],
  ["ConnectedApp.registration", (group) => ({ calls: group.record ? 0 : clients(group) })],
  ["ClientRegistration.creationMethod", (group) => ({ calls: group.record === "read" ? 0 : clients(group) })],

  [
    "Authorization.member",
    (group) => ({ calls: group.lists * batches(group.size), once: ["self"], children: loaded(group) }),
  ],
  ["Authorization.organization", organization],

  ["Mutation.createClient", clientWrite],
  ["Mutation.updateClient", clientWrite],
  ["Mutation.deleteClient", clientWrite],
  ["Mutation.rotateSecret", clientWrite],
  ["Mutation.rescheduleSecretRotation", clientWrite],
  ["Mutation.completeSecretRotation", clientWrite],
  ["Mutation.cancelSecretRotation", clientWrite],
  ["CreateClientPayload.connectedApp", writtenApp],
  ["UpdateClientPayload.connectedApp", writtenApp],
  ["RotateSecretPayload.connectedApp", writtenApp],
  ["RescheduleSecretRotationPayload.connectedApp", writtenApp],
  ["CompleteSecretRotationPayload.connectedApp", writtenApp],
  ["CancelSecretRotationPayload.connectedApp", writtenApp],
  ["Mutation.revokeMemberApp", organizationWrite],
  ["RevokeMemberAppPayload.member", () => ({ calls: 1, once: ["self"], children: ONE })],
  ["RevokeMemberAppPayload.accessTokensValidUntil", () => ({ calls: 1 })],
  ["Mutation.revokeApp", revocations],
  ["RevokeAppPayload.remainingCount", remaining],
  ["RevokeAppPayload.accessTokensValidUntil", () => ({ calls: 1 })],
  ["Mutation.revokeMemberApps", revocations],
  ["RevokeMemberAppsPayload.remainingCount", remaining],
  ["RevokeMemberAppsPayload.accessTokensValidUntil", () => ({ calls: 1 + MAX_REVOCATIONS })],
  // And the rules as they were, for the audit log.
  ["Mutation.updateConnectedAppPolicy", () => ({ calls: 4, once: ["self"] })],
  // Organization, Member, app, the project's policy; then `authorizeStart` as it is, and again for the scopes alone.
  ["Query.explainAuthorization", () => ({ calls: 6 })],
  ["Query.authorizationRequest", () => ({ calls: 1, children: ONE })],
  ["Mutation.startAuthorization", () => ({ calls: 1, children: ONE })],
  // The ledger costs no call; whether a Member is an admin is asked once.
  ["Query.auditLog", (_, args) => ({ calls: 0, children: events(args) })],
  ["Organization.auditLog", (group, args) => ({ calls: 0, once: ["self"], children: events(args, group) })],
  ["Organization.auditHead", () => ({ calls: 0, once: ["self"] })],
  ["Member.auditLog", (group, args) => ({ calls: 0, once: ["self"], children: events(args, group) })],
  ["AuditEvent.organization", organization],
  ["AuditEvent.member", eventMember],
  ["AuditActor.member", eventMember],
  [
    "AuditEvent.connectedApp",
    (group) => ({ calls: all(group) + group.lists, children: { ...loaded(group), record: "read" } }),
  ],
  ["Authorization.grantedAt", () => ({ calls: 0 })],
  ["ClientSecret.createdAt", () => ({ calls: 0 })],
  ["ClientSecret.rotation", () => ({ calls: 0, children: ONE })],
  // `authorizeStart` again, then `authorize`.
  ["Mutation.submitConsent", () => ({ calls: 2 })],
]);
