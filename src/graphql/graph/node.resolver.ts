import { Arg, Authorized, Ctx, ID, Query, Resolver } from "type-graphql";
import { Failure } from "../../failure";
import { settle } from "../../loaders/align";
import { isAppRequestId } from "../../marketplace/app-requests";
import { parseListingId } from "../../marketplace/listing";
import { isConnectedAppId, isMemberId, isOrganizationId } from "../../stytch/ids";
import type { GatewayContext } from "../context";
import { Cost, nodes } from "../cost/prices";
import { toAppRequest } from "./app-request.type";
import { isAuditEventId, toAuditEvent } from "./audit-event.type";
import { parseAuthorizationId, toAuthorization } from "./authorization.type";
import { findConnectedApp } from "./connected-app.resolver";
import { toListing } from "./listing.type";
import { toMember } from "./member.type";
import { Node } from "./node.type";
import { toOrganization } from "./organization.type";

const MAX_IDS = 100;

/** By the id's type prefix. An id of an unknown kind is an unknown id. */
async function findNode(context: GatewayContext, id: string): Promise<Node | null> {
  const { loaders } = context;
  if (isOrganizationId(id)) {
    const record = await loaders.organizations.byId(id);
    return record && toOrganization(record);
  }
  if (isMemberId(id)) {
    const record = await loaders.members.byId({ memberId: id, organizationId: null });
    return record && toMember(record);
  }
  if (isConnectedAppId(id)) return findConnectedApp(context, id);
  if (isAuditEventId(id)) {
    const event = await loaders.records.auditEvent(id);
    return event && toAuditEvent(event);
  }
  if (isAppRequestId(id)) {
    const record = await loaders.appRequests.byId(id);
    return record && toAppRequest(record);
  }
  const listedAppId = parseListingId(id);
  if (listedAppId !== null) {
    const record = await loaders.listings.byApp(listedAppId);
    return record && toListing(record);
  }
  const key = parseAuthorizationId(id);
  return key && findAuthorization(context, key);
}

async function findAuthorization(
  { loaders }: GatewayContext,
  { connectedAppId, ...key }: { organizationId: string; memberId: string; connectedAppId: string },
): Promise<Node | null> {
  if (!isOrganizationId(key.organizationId) || !isMemberId(key.memberId)) return null;
  try {
    const records = await loaders.authorizations.of(key);
    const record = records.find(({ app }) => app.connected_app_id === connectedAppId);
    return record ? toAuthorization(record) : null;
  } catch (error) {
    if (error instanceof Failure && error.code === "NOT_FOUND") return null;
    throw error;
  }
}

@Resolver()
export class NodeResolver {
  @Cost((_, { id }) => nodes([id]))
  @Authorized("read")
  @Query(() => Node, {
    nullable: true,
    description: "Any object by its id, or null when there is none that you may see.",
  })
  async node(
    @Arg("id", () => ID, { description: "An `id` that this API gave you." }) id: string,
    @Ctx() context: GatewayContext,
  ): Promise<Node | null> {
    return findNode(context, id);
  }

  @Cost((_, { ids }) => nodes(Array.isArray(ids) ? ids : []))
  @Authorized("read")
  @Query(() => [Node], {
    nullable: "itemsAndList",
    description: "Several objects, at most 100, in the order of the ids; null in the place of an unknown one.",
  })
  async nodes(
    @Arg("ids", () => [ID], { description: "Ids that this API gave you, at most 100." }) ids: string[],
    @Ctx() context: GatewayContext,
  ): Promise<(Node | Error | null)[]> {
    if (ids.length > MAX_IDS) throw new Failure("BAD_USER_INPUT", `ids must have at most ${MAX_IDS} entries.`);
    // An Error in an item's place fails that item alone.
    return settle(ids.map((id) => findNode(context, id)));
  }
}
