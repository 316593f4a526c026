import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Int, Query, Resolver, Root } from "type-graphql";
import { CALLS_FOR_REGISTRATIONS } from "../../loaders/apps";
import { callsForPage } from "../../loaders/page";
import { isOrganizationId } from "../../stytch/ids";
import type { GatewayContext } from "../context";
import { all, Cost, type CostRule, lists, ONE, pageSize, USUAL_AUTHORIZATIONS } from "../cost/prices";
import { toConnection } from "../relay/connection.type";
import { toPage } from "../relay/page.input";
import { Authorization, toAuthorizations } from "./authorization.type";
import { ConnectedAppsArgs, toClientFilter } from "./connected-app.input";
import {
  ClientRegistration,
  ConnectedApp,
  toClientRegistration,
  toConnectedApp,
  toListedApp,
} from "./connected-app.type";
import { ConnectedAppConnection } from "./connections.type";

/** For operators any app; for a Member one that is on the shelf, or that somebody in its Organization has authorized. */
export async function findConnectedApp({ caller, loaders }: GatewayContext, id: string): Promise<ConnectedApp | null> {
  if (caller.tenant !== null) {
    const app = (await loaders.apps.visible(id)) ?? (await loaders.listings.byApp(id))?.app;
    return app ? toListedApp(app) : null;
  }
  const record = await loaders.apps.registration(id);
  return record && toConnectedApp(record);
}

/** An app as one Organization uses it. */
const inOneOrganization: CostRule = (group, { organizationId }) => ({
  // An alias is resolved once per app.
  calls: all(group) * (typeof organizationId === "string" && !isOrganizationId(organizationId) ? 2 : 1),
  once: ["self", "others"],
});

@Resolver(() => ConnectedApp)
export class ConnectedAppResolver {
  @Cost(() => ({ calls: 2, children: { ...ONE, record: "read" } }))
  @Authorized("read")
  @Query(() => ConnectedApp, {
    nullable: true,
    description: "One app, or null when there is none that you may see.",
  })
  async connectedApp(
    @Arg("id", () => ID, { description: "The app's id, which is its OAuth `client_id`." }) id: string,
    @Ctx() context: GatewayContext,
  ): Promise<ConnectedApp | null> {
    return findConnectedApp(context, id);
  }

  @Cost((_, args) => ({
    calls: callsForPage(args),
    children: { ...ONE, oneOrganization: false, size: pageSize(args), record: "read" },
  }))
  @Authorized("read:everything")
  @Query(() => ConnectedAppConnection, { nullable: true, description: "The apps of the marketplace. Operators only." })
  async connectedApps(@Args(() => ConnectedAppsArgs) args: ConnectedAppsArgs, @Ctx() { loaders }: GatewayContext) {
    return toConnection(await loaders.apps.page(toPage(args), toClientFilter(args.filter)), toConnectedApp);
  }

  @Cost((group) => ({ calls: group.record ? 0 : group.lists * CALLS_FOR_REGISTRATIONS }))
  @FieldResolver(() => ClientRegistration, {
    nullable: true,
    description: "How the app is registered. For operators; null for everybody else.",
  })
  async registration(
    @Root() app: ConnectedApp,
    @Ctx() { caller, loaders }: GatewayContext,
  ): Promise<ClientRegistration | null> {
    if (!caller.may("read:registrations")) return null;
    const record = app.record ?? (await loaders.apps.registration(app.id));
    return record && toClientRegistration(record);
  }

  @Cost((group, args) => ({ ...inOneOrganization(group, args), children: lists(group, USUAL_AUTHORIZATIONS) }))
  @FieldResolver(() => [Authorization], {
    nullable: true,
    description:
      "Who in one Organization granted this app what. A Member needs `get.connected-apps` on `stytch.member`.",
  })
  async authorizations(
    @Root() { id: connectedAppId }: ConnectedApp,
    @Ctx() { loaders }: GatewayContext,
    @Arg("organizationId", () => ID, {
      nullable: true,
      description: "Id, slug or external id. The viewer's Organization when left out; operators must name one.",
    })
    alias?: string | null,
  ): Promise<Authorization[]> {
    const organizationId = await loaders.organizations.idOf(alias);
    return toAuthorizations(await loaders.authorizations.in(organizationId, connectedAppId));
  }

  @Cost(inOneOrganization)
  @FieldResolver(() => Int, {
    nullable: true,
    description:
      "How many Members of one Organization granted this app something. For whoever may read `authorizations`, at the same price: a call for each app.",
  })
  async memberCount(
    @Root() { id: connectedAppId }: ConnectedApp,
    @Ctx() { loaders }: GatewayContext,
    @Arg("organizationId", () => ID, {
      nullable: true,
      description: "Id, slug or external id. The viewer's Organization when left out; operators must name one.",
    })
    alias?: string | null,
  ): Promise<number> {
    return loaders.authorizations.count(await loaders.organizations.idOf(alias), connectedAppId);
  }
}

@Resolver(() => ClientRegistration)
export class ClientRegistrationResolver {
  @Cost((group) => ({ calls: group.record === "read" ? 0 : group.lists * CALLS_FOR_REGISTRATIONS }))
  @FieldResolver(() => String, {
    nullable: true,
    description: "How the client came to be, in Stytch's words, such as `API`, `DASHBOARD`, `DCR` or `CIMD`.",
  })
  async creationMethod(
    @Root() { clientId, creationMethod }: ClientRegistration,
    @Ctx() { loaders }: GatewayContext,
  ): Promise<string | null> {
    // Stytch leaves it out where it answers with a secret.
    return creationMethod ?? ((await loaders.apps.registration(clientId))?.creation_method || null);
  }
}
