import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Query, Resolver, Root } from "type-graphql";
import { isAllowed } from "../../auth/permissions";
import { GatewayError } from "../../errors";
import { authorizationsOf, forbiddenToReadOthers } from "../../loaders/authorizations.loader";
import { readClientPage } from "../../loaders/client.loader";
import { findOrganization } from "../../loaders/organization.loader";
import { notFound } from "../../loaders/reader";
import { isConnectedAppId, isOrganizationId } from "../../stytch/ids";
import type { GatewayContext } from "../context";
import { PageArgs, toPage } from "../inputs/page.input";
import { Authorization, toAuthorization } from "../types/authorization.type";
import {
  ClientRegistration,
  ConnectedApp,
  toClientRegistration,
  toConnectedApp,
  toListedApp,
} from "../types/connected-app.type";
import { toConnection } from "../types/connection.type";
import { ConnectedAppConnection } from "../types/connections.type";

/** For operators any app; for a Member one that somebody in its Organization has authorized. */
export async function findConnectedApp({ loaders }: GatewayContext, id: string): Promise<ConnectedApp | null> {
  if (loaders.reader.tenant !== null) {
    const listed = await loaders.listedApp.load(id);
    return listed && toListedApp(listed);
  }
  const record = isConnectedAppId(id) ? await loaders.client.load(id) : null;
  return record && toConnectedApp(record);
}

@Resolver(() => ConnectedApp)
export class ConnectedAppResolver {
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

  @Authorized("read:everything")
  @Query(() => ConnectedAppConnection, { description: "Every app of the marketplace. Operators only." })
  async connectedApps(@Args(() => PageArgs) args: PageArgs, @Ctx() { loaders }: GatewayContext) {
    return toConnection(await readClientPage(loaders.reader, loaders.client, toPage(args)), toConnectedApp);
  }

  @FieldResolver(() => ClientRegistration, {
    nullable: true,
    description: "How the app is registered. For operators; null for everybody else.",
  })
  async registration(
    @Root() app: ConnectedApp,
    @Ctx() { viewer, loaders }: GatewayContext,
  ): Promise<ClientRegistration | null> {
    if (!viewer || !isAllowed(viewer, "read:registrations")) return null;
    const record = app.record ?? (await loaders.client.load(app.id));
    return record && toClientRegistration(record);
  }

  @FieldResolver(() => [Authorization], {
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
    const { reader } = loaders;
    const wanted = alias ?? reader.tenant;
    if (wanted === null) throw new GatewayError("BAD_USER_INPUT", "organizationId must be given by operators.");
    const organizationId = isOrganizationId(wanted)
      ? wanted
      : (await findOrganization(reader, loaders.organization, wanted))?.organization_id;
    if (!organizationId || (reader.tenant !== null && reader.tenant !== organizationId)) throw notFound("Organization");
    if (!(await reader.mayReadOthers())) throw forbiddenToReadOthers();
    const app = await loaders.organizationApp.load({ organizationId, connectedAppId });
    return app ? authorizationsOf(organizationId, app).map(toAuthorization) : [];
  }
}

@Resolver(() => ClientRegistration)
export class ClientRegistrationResolver {
  @FieldResolver(() => String, {
    nullable: true,
    description: "How the client came to be, in Stytch's words, such as `API`, `DASHBOARD`, `DCR` or `CIMD`.",
  })
  async creationMethod(
    @Root() { clientId, creationMethod }: ClientRegistration,
    @Ctx() { loaders }: GatewayContext,
  ): Promise<string | null> {
    // Stytch leaves it out where it answers with a secret.
    return creationMethod ?? ((await loaders.client.load(clientId))?.creation_method || null);
  }
}
