import { Arg, Authorized, Ctx, Mutation, Resolver } from "type-graphql";
import { noSuch, problem, refused } from "../../../failure";
import type { AuditChange } from "../../../ledger/event";
import { type ListingRecord, type ListingTexts, type PublicApp, toPublicApp } from "../../../marketplace/listing";
import type { GatewayContext } from "../../context";
import { Cost, clientWrite } from "../../cost/prices";
import { toListing } from "../../graph/listing.type";
import { answer } from "../answer";
import { Audited } from "../audited";
import { PublishListingInput, SaveListingInput, WithdrawListingInput } from "./listing.input";
import { PublishListingPayload, SaveListingPayload, WithdrawListingPayload } from "./listing.payloads";
import { toTexts } from "./listing.rules";

@Resolver()
export class ListingMutations {
  @Cost(clientWrite)
  @Authorized("manage:clients")
  @Audited("LISTING_SAVED")
  @Mutation(() => SaveListingPayload, {
    nullable: true,
    description:
      "Makes an app's listing, or replaces what it says. A new one is a draft; a published one stays on the shelf. Operators only. Stytch: `clients.get`, for the app's name.",
  })
  saveListing(
    @Arg("input", () => SaveListingInput, {
      description: "The app, and all that its listing says: nothing is kept of what it said before.",
    })
    input: SaveListingInput,
    @Ctx() context: GatewayContext,
  ) {
    return answer<SaveListingPayload>(async () => {
      const { caller, marketplace } = context;
      const texts = toTexts(input, marketplace.allowsLoopback);
      const app = await readApp(context, input.connectedAppId);
      const before = (await marketplace.listings.byApps([app.connected_app_id])).get(app.connected_app_id);
      const saved = await caller.perform(
        { action: "LISTING_SAVED", connectedAppId: app.connected_app_id, changes: changesOf(before?.texts, texts) },
        () => marketplace.listings.save(app, texts),
      );
      return { listing: toListing(saved) };
    });
  }

  @Cost(clientWrite)
  @Authorized("manage:clients")
  @Audited("LISTING_PUBLISHED")
  @Mutation(() => PublishListingPayload, {
    nullable: true,
    description:
      "Puts a saved listing on the shelf, for every signed-in caller to see; no harm when it is there. Operators only. Stytch: `clients.get`, to see that the app still exists.",
  })
  publishListing(
    @Arg("input", () => PublishListingInput, { description: "An app with a saved listing." })
    input: PublishListingInput,
    @Ctx() context: GatewayContext,
  ) {
    return answer<PublishListingPayload>(async () => {
      const { caller, marketplace } = context;
      const app = await readApp(context, input.connectedAppId);
      const before = await readListing(context, app.connected_app_id);
      const published = await caller.perform(
        {
          action: "LISTING_PUBLISHED",
          connectedAppId: app.connected_app_id,
          changes: [{ field: "status", before: before.status, after: "PUBLISHED" }],
        },
        async () => existing(await marketplace.listings.publish(app)),
      );
      return { listing: toListing(published) };
    });
  }

  @Cost(() => ({ calls: 1 }))
  @Authorized("manage:clients")
  @Audited("LISTING_WITHDRAWN")
  @Mutation(() => WithdrawListingPayload, {
    nullable: true,
    description:
      "Takes a listing off the shelf; no harm when it is off already. Authorizations of the app go on, and open requests can still be decided. Operators only.",
  })
  withdrawListing(
    @Arg("input", () => WithdrawListingInput, { description: "An app with a saved listing." }) {
      connectedAppId,
    }: WithdrawListingInput,
    @Ctx() context: GatewayContext,
  ) {
    return answer<WithdrawListingPayload>(async () => {
      const { caller, marketplace } = context;
      const before = await readListing(context, connectedAppId);
      if (before.status === "DRAFT") {
        throw refused([problem("INVALID", ["connectedAppId"], "This listing is a draft: it is on no shelf.")]);
      }
      const withdrawn = await caller.perform(
        {
          action: "LISTING_WITHDRAWN",
          connectedAppId,
          changes: [{ field: "status", before: before.status, after: "WITHDRAWN" }],
        },
        async () => existing(await marketplace.listings.withdraw(connectedAppId)),
      );
      return { listing: toListing(withdrawn) };
    });
  }
}

async function readApp({ loaders }: GatewayContext, connectedAppId: string): Promise<PublicApp> {
  const client = await loaders.apps.registration(connectedAppId);
  if (!client) throw refused([noSuch("connectedApp", "connectedAppId")]);
  return toPublicApp(client);
}

const readListing = async ({ marketplace }: GatewayContext, connectedAppId: string): Promise<ListingRecord> =>
  existing((await marketplace.listings.byApps([connectedAppId])).get(connectedAppId));

function existing(listing: ListingRecord | null | undefined): ListingRecord {
  if (listing) return listing;
  throw refused([problem("NOT_FOUND", ["connectedAppId"], "This app has no listing. Save one first.")]);
}

/** Texts are cut short by the ledger; `details` is left out, since a reader of the log could make nothing of its start. */
function changesOf(before: ListingTexts | undefined, after: ListingTexts): AuditChange[] {
  const show = (field: keyof ListingTexts, texts: ListingTexts | undefined) =>
    texts === undefined || field === "details" ? null : [texts[field]].flat().join(" ") || null;
  return FIELDS.filter((field) => JSON.stringify(before?.[field]) !== JSON.stringify(after[field])).map((field) => ({
    field,
    before: show(field, before),
    after: show(field, after),
  }));
}

const FIELDS = [
  "tagline",
  "details",
  "categories",
  "publisherName",
  "publisherUrl",
  "supportUrl",
  "privacyPolicyUrl",
  "termsUrl",
  "installUrl",
  "scopes",
] as const satisfies readonly (keyof ListingTexts)[];
