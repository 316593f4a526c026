import { Args, ArgsType, Ctx, Field, FieldResolver, Resolver, Root } from "type-graphql";
import { Failure, notFound } from "../../failure";
import type { GatewayContext } from "../context";
import { Cost, lists, memberById, oneEach, owningOrganization, pageSize } from "../cost/prices";
import { toConnection } from "../relay/connection.type";
import { checkValues } from "../relay/filter";
import { PageArgs, toPage } from "../relay/page.input";
import { AppRequest, AppRequestConnection, AppRequestStatus, toAppRequest } from "./app-request.type";
import { ConnectedApp, toListedApp } from "./connected-app.type";
import { Member, toMember } from "./member.type";
import { Organization, toOrganization } from "./organization.type";

@ArgsType()
class AppRequestsArgs extends PageArgs {
  @Field(() => [AppRequestStatus], { nullable: true, description: "Any of them matches; all when left out." })
  statuses?: AppRequestStatus[] | null;
}

@Resolver(() => Organization)
export class OrganizationAppRequestsResolver {
  @Cost((group, args) => ({ calls: 0, once: ["self"], children: lists(group, pageSize(args)) }))
  @FieldResolver(() => AppRequestConnection, {
    nullable: true,
    description:
      "What its Members asked for, newest first. Its admins (`stytch_admin`) and operators see all, Members what they asked for themselves.",
  })
  async appRequests(
    @Root() { id }: Organization,
    @Args(() => AppRequestsArgs) args: AppRequestsArgs,
    @Ctx() { loaders }: GatewayContext,
  ) {
    checkValues("statuses", args.statuses);
    const page = await loaders.appRequests.page(id, toPage(args), args.statuses ?? null);
    return toConnection(page, (record) => toAppRequest(record));
  }
}

@Resolver(() => AppRequest)
export class AppRequestResolver {
  @Cost(oneEach)
  @FieldResolver(() => ConnectedApp, { description: "The app that was asked for. Costs no call." })
  async connectedApp(
    @Root() { connectedAppId }: AppRequest,
    @Ctx() { loaders }: GatewayContext,
  ): Promise<ConnectedApp> {
    const app = await loaders.listings.appOf(connectedAppId);
    if (!app) throw notFound("Connected App");
    return toListedApp(app);
  }

  @Cost(owningOrganization)
  @FieldResolver(() => Organization, { description: "Whose Member asked, and whose policy it is about." })
  async organization(
    @Root() { organizationId }: AppRequest,
    @Ctx() { loaders }: GatewayContext,
  ): Promise<Organization> {
    const organization = await loaders.organizations.byId(organizationId);
    if (!organization) throw notFound("Organization");
    return toOrganization(organization);
  }

  @Cost(memberById)
  @FieldResolver(() => Member, { nullable: true, description: "Who asked. Null when gone, or not yours to see." })
  member(@Root() { organizationId, memberId }: AppRequest, @Ctx() context: GatewayContext): Promise<Member | null> {
    return readMember(context, organizationId, memberId);
  }

  @Cost(memberById)
  @FieldResolver(() => Member, {
    nullable: true,
    description: "The admin who decided. Null while it is open, when an operator did, and when not yours to see.",
  })
  decidedBy(@Root() { organizationId, deciderId }: AppRequest, @Ctx() context: GatewayContext): Promise<Member | null> {
    return readMember(context, organizationId, deciderId);
  }
}

/** A Member may be told what was decided without being allowed to read who the others are. */
async function readMember(
  { loaders }: GatewayContext,
  organizationId: string,
  memberId: string | null,
): Promise<Member | null> {
  if (memberId === null) return null;
  try {
    const record = await loaders.members.byId({ memberId, organizationId });
    return record && toMember(record);
  } catch (error) {
    if (error instanceof Failure && error.code === "FORBIDDEN") return null;
    throw error;
  }
}
