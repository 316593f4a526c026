import { Arg, Args, Authorized, Ctx, FieldResolver, ID, Query, Resolver, Root } from "type-graphql";
import { availabilityOf } from "../../marketplace/policy";
import type { GatewayContext } from "../context";
import { Cost, ONE, pageSize } from "../cost/prices";
import { toConnection } from "../relay/connection.type";
import { toPage } from "../relay/page.input";
import { AppRequest, toAppRequest } from "./app-request.type";
import { Authorization, toAuthorization } from "./authorization.type";
import { MarketplaceArgs, toListingFilter } from "./listing.input";
import { Listing, ListingAvailability, ListingConnection, toListing } from "./listing.type";

@Resolver(() => Listing)
export class ListingResolver {
  @Cost((_, args) => ({ calls: 0, children: { ...ONE, oneOrganization: false, size: pageSize(args) } }))
  @Authorized("read")
  @Query(() => ListingConnection, {
    nullable: true,
    description: "The shelf, by the apps' names. For every signed-in caller; drafts and withdrawn ones for operators.",
  })
  async marketplace(@Args(() => MarketplaceArgs) args: MarketplaceArgs, @Ctx() { loaders }: GatewayContext) {
    return toConnection(await loaders.listings.page(toPage(args), toListingFilter(args.filter)), toListing);
  }

  @Cost(() => ({ calls: 0, children: ONE }))
  @Authorized("read")
  @Query(() => Listing, {
    nullable: true,
    description: "One app's listing, or null when there is none that you may see: drafts are for operators.",
  })
  async listing(
    @Arg("connectedAppId", () => ID, { description: "The app's id, which is its OAuth `client_id`." })
    connectedAppId: string,
    @Ctx() { loaders }: GatewayContext,
  ): Promise<Listing | null> {
    const record = await loaders.listings.byApp(connectedAppId);
    return record && toListing(record);
  }

  @Cost(() => ({ calls: 0, once: ["self"] }))
  @FieldResolver(() => ListingAvailability, {
    description:
      "Whether the policy of the viewer's Organization allows the app now. AVAILABLE for services: no policy is theirs.",
  })
  async availability(@Root() { app }: Listing, @Ctx() { caller }: GatewayContext): Promise<ListingAvailability> {
    const self = await caller.self();
    return self ? ListingAvailability[availabilityOf(self.organization, app)] : ListingAvailability.AVAILABLE;
  }

  // The viewer's own list, read once.
  @Cost((group) => ({ calls: 0, once: ["own authorizations"], children: { ...group, oneOrganization: true } }))
  @FieldResolver(() => Authorization, {
    nullable: true,
    description: "What the viewer has granted the app; null when nothing, and for services.",
  })
  async authorization(
    @Root() { connectedApp }: Listing,
    @Ctx() { caller: { person }, loaders }: GatewayContext,
  ): Promise<Authorization | null> {
    const own = person ? await loaders.authorizations.of(person) : [];
    const record = own.find(({ app }) => app.connected_app_id === connectedApp.id);
    return record ? toAuthorization(record) : null;
  }

  // Who may read what is in it depends on the viewer's roles.
  @Cost((group) => ({ calls: 0, once: ["self"], children: group }))
  @FieldResolver(() => AppRequest, {
    nullable: true,
    description:
      "The open request of the viewer's Organization for this app. Who asked and why is shown to them and to admins.",
  })
  async appRequest(
    @Root() { connectedApp }: Listing,
    @Ctx() { loaders: { appRequests } }: GatewayContext,
  ): Promise<AppRequest | null> {
    const record = await appRequests.openFor(connectedApp.id);
    return record && toAppRequest(record, await appRequests.mayRead(record));
  }
}
