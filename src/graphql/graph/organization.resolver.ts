import type { GraphQLResolveInfo } from "graphql";
import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Info, Query, Resolver, Root } from "type-graphql";
import { Failure, notFound } from "../../failure";
import type { Loaders } from "../../loaders";
import { searchesFor } from "../../loaders/align";
import { USUAL_APPS } from "../../loaders/apps";
import { callsForOrganization } from "../../loaders/authorizations";
import { callsForMemberPages } from "../../loaders/member-pages";
import { callsForPage } from "../../loaders/page";
import type { GatewayContext } from "../context";
import { all, Cost, lists, ONE, pageSize, USUAL_AUTHORIZATIONS } from "../cost/prices";
import { readAppsOfPageAhead, readMembersAhead } from "../read-ahead";
import { toConnection } from "../relay/connection.type";
import { toPage } from "../relay/page.input";
import { Authorization, toAuthorizations } from "./authorization.type";
import { ConnectedApp, toListedApp } from "./connected-app.type";
import { MemberConnection, OrganizationConnection } from "./connections.type";
import { MembersArgs, toMemberFilter } from "./member.input";
import { toMember } from "./member.type";
import { OrganizationsArgs, toOrganizationFilter } from "./organization.input";
import { type ConnectedAppPolicy, Organization, toOrganization, toPolicy } from "./organization.type";

@Resolver(() => Organization)
export class OrganizationResolver {
  @Cost(() => ({ calls: 1, once: ["self"], children: ONE }))
  @Authorized("read")
  @Query(() => Organization, {
    nullable: true,
    description: "One Organization, or null when there is none that you may see.",
  })
  async organization(
    @Ctx() { caller, loaders }: GatewayContext,
    @Info() info: GraphQLResolveInfo,
    @Arg("id", () => ID, {
      nullable: true,
      description: "Id, slug or external id. The viewer's own Organization when left out; services must give it.",
    })
    id?: string | null,
  ): Promise<Organization | null> {
    const wanted = id ?? caller.person?.organizationId;
    if (wanted === undefined)
      throw new Failure("BAD_USER_INPUT", "id must be given: a service has no Organization of its own.");
    await readMembersAhead(caller, loaders, wanted, info);
    const record = await loaders.organizations.find(wanted);
    return record && toOrganization(record);
  }

  @Cost((_, args) => ({
    calls: callsForPage(args),
    children: { ...ONE, oneOrganization: false, size: pageSize(args) },
  }))
  @Authorized("read:everything")
  @Query(() => OrganizationConnection, { nullable: true, description: "Every Organization. Operators only." })
  async organizations(
    @Args(() => OrganizationsArgs) args: OrganizationsArgs,
    @Ctx() { loaders }: GatewayContext,
    @Info() info: GraphQLResolveInfo,
  ) {
    const filter = toOrganizationFilter(args.filter);
    const page = await loaders.organizations.page(toPage(args), filter);
    const ids = page.records.map(({ organization_id }) => organization_id);
    readAppsOfPageAhead(loaders, ids, info);
    return toConnection(page, toOrganization);
  }

  @Cost((group) => ({ calls: group.lists * searchesFor(group.size), once: ["self"] }))
  @FieldResolver()
  connectedAppPolicy(
    @Root() { id, connectedAppPolicy }: Organization,
    @Ctx() { loaders }: GatewayContext,
  ): ConnectedAppPolicy | Promise<ConnectedAppPolicy> {
    return connectedAppPolicy ?? currentPolicy(loaders, id);
  }

  @Cost((group, args) => ({
    calls: group.lists * callsForMemberPages(group.size, args),
    children: lists(group, pageSize(args)),
  }))
  @FieldResolver(() => MemberConnection, {
    nullable: true,
    description: "Its Members. A Member needs `search` on `stytch.member`, which Stytch checks.",
  })
  async members(
    @Root() { id }: Organization,
    @Args(() => MembersArgs) args: MembersArgs,
    @Ctx() { loaders }: GatewayContext,
  ) {
    const key = { organizationId: id, ...toPage(args), filter: toMemberFilter(args.filter) };
    return toConnection(await loaders.members.page(key), toMember);
  }

  @Cost((group) => ({ calls: all(group), children: lists(group, USUAL_APPS) }))
  @FieldResolver(() => [ConnectedApp], {
    nullable: true,
    description: "Apps that at least one of its Members has authorized, by name. Not the list of all allowed apps.",
  })
  async connectedApps(@Root() { id }: Organization, @Ctx() { loaders }: GatewayContext): Promise<ConnectedApp[]> {
    return (await loaders.apps.of(id)).map(toListedApp);
  }

  @Cost((group, { connectedAppId }) => ({
    calls: all(group) * callsForOrganization(connectedAppId),
    once: ["others"],
    children: lists(group, USUAL_AUTHORIZATIONS),
  }))
  @FieldResolver(() => [Authorization], {
    nullable: true,
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
    return toAuthorizations(await loaders.authorizations.in(organizationId, connectedAppId));
  }
}

async function currentPolicy({ organizations }: Loaders, id: string): Promise<ConnectedAppPolicy> {
  const record = await organizations.current(id);
  if (!record) throw notFound("Organization");
  return toPolicy(record);
}
