import type { GraphQLResolveInfo } from "graphql";
import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Info, Query, Resolver, Root } from "type-graphql";
import { GatewayError } from "../../errors";
import { authorizationsOf, forbiddenToReadOthers, readOrganization } from "../../loaders/authorizations.loader";
import { findOrganization, readOrganizationPage } from "../../loaders/organization.loader";
import type { GatewayContext } from "../context";
import { MembersArgs, OrganizationsArgs, toMemberFilter, toOrganizationFilter, toPage } from "../inputs/page.input";
import { readAppsOfPageAhead, readMembersAhead } from "../read-ahead";
import { Authorization, toAuthorization } from "../types/authorization.type";
import { ConnectedApp, toListedApp } from "../types/connected-app.type";
import { toConnection } from "../types/connection.type";
import { MemberConnection, OrganizationConnection } from "../types/connections.type";
import { toMember } from "../types/member.type";
import { Organization, toOrganization } from "../types/organization.type";

@Resolver(() => Organization)
export class OrganizationResolver {
  @Authorized("read")
  @Query(() => Organization, {
    nullable: true,
    description: "One Organization, or null when there is none that you may see.",
  })
  async organization(
    @Ctx() { viewer, loaders }: GatewayContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("id", () => ID, {
      nullable: true,
      description: "Id, slug or external id. The viewer's own Organization when left out; services must give it.",
    })
    id?: string | null,
  ): Promise<Organization | null> {
    const wanted = id ?? (viewer?.kind === "member" ? viewer.organizationId : null);
    if (wanted === null)
      throw new GatewayError("BAD_USER_INPUT", "id must be given: a service has no Organization of its own.");
    await readMembersAhead(loaders, wanted, info);
    const record = await findOrganization(loaders.reader, loaders.organization, wanted);
    return record && toOrganization(record);
  }

  @Authorized("read:everything")
  @Query(() => OrganizationConnection, { description: "Every Organization. Operators only." })
  async organizations(
    @Args(() => OrganizationsArgs) args: OrganizationsArgs,
    @Ctx() { loaders }: GatewayContext,
    @Info() info: GraphQLResolveInfo,
  ) {
    const filter = toOrganizationFilter(args.filter);
    const page = await readOrganizationPage(loaders.reader, loaders.organization, toPage(args), filter);
    const ids = page.records.map(({ organization_id }) => organization_id);
    readAppsOfPageAhead(loaders, ids, info);
    return toConnection(page, toOrganization);
  }

  @FieldResolver(() => MemberConnection, {
    description: "Its Members. A Member needs `search` on `stytch.member`, which Stytch checks.",
  })
  async members(
    @Root() { id }: Organization,
    @Args(() => MembersArgs) args: MembersArgs,
    @Ctx() { loaders }: GatewayContext,
  ) {
    const key = { organizationId: id, ...toPage(args), filter: toMemberFilter(args.filter) };
    return toConnection(await loaders.memberPage.load(key), toMember);
  }

  @FieldResolver(() => [ConnectedApp], {
    description: "Apps that at least one of its Members has authorized, by name. Not the list of all allowed apps.",
  })
  async connectedApps(@Root() { id }: Organization, @Ctx() { loaders }: GatewayContext): Promise<ConnectedApp[]> {
    return (await loaders.organizationApps.load(id)).map(toListedApp);
  }

  @FieldResolver(() => [Authorization], {
    description:
      "Who granted what: one entry per Member and app, by app name. A Member needs `get.connected-apps` on `stytch.member`.",
  })
  async authorizations(
    @Root() { id: organizationId }: Organization,
    @Ctx() { loaders }: GatewayContext,
    @Arg("connectedAppId", () => ID, { nullable: true, description: "Only this app's." }) connectedAppId?:
      | string
      | null,
  ): Promise<Authorization[]> {
    if (!(await loaders.reader.mayReadOthers())) throw forbiddenToReadOthers();
    if (!connectedAppId) {
      const records = await readOrganization(organizationId, loaders.organizationApps, loaders.organizationApp);
      return records.map(toAuthorization);
    }
    const app = await loaders.organizationApp.load({ organizationId, connectedAppId });
    return app ? authorizationsOf(organizationId, app).map(toAuthorization) : [];
  }
}
