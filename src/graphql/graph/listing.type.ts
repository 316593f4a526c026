import { GraphQLDateTime } from "graphql-scalars";
import { Field, ObjectType, registerEnumType } from "type-graphql";
import { type ListingRecord, listingId } from "../../marketplace/listing";
import { connectionOf } from "../relay/connection.type";
import { ConnectedApp, toListedApp } from "./connected-app.type";
import { Node } from "./node.type";

export enum ListingStatus {
  DRAFT = "DRAFT",
  PUBLISHED = "PUBLISHED",
  WITHDRAWN = "WITHDRAWN",
}

registerEnumType(ListingStatus, {
  name: "ListingStatus",
  description: "Whether a listing is on the shelf.",
  valuesConfig: {
    DRAFT: { description: "Never published. Operators see it." },
    PUBLISHED: { description: "On the shelf: every signed-in caller sees it." },
    WITHDRAWN: { description: "Taken off the shelf. Operators see it. Authorizations of the app go on." },
  },
});

export enum ListingAvailability {
  AVAILABLE = "AVAILABLE",
  NEEDS_APPROVAL = "NEEDS_APPROVAL",
  NOT_ALLOWED = "NOT_ALLOWED",
}

registerEnumType(ListingAvailability, {
  name: "ListingAvailability",
  description: "What an Organization's Connected App policy says of an app.",
  valuesConfig: {
    AVAILABLE: { description: "Members may authorize it." },
    NEEDS_APPROVAL: { description: "The policy names the allowed apps, and not this one. Ask with `requestApp`." },
    NOT_ALLOWED: {
      description: "The policy allows no app of this kind. It can be asked for; approving it allows this one only.",
    },
  },
});

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description:
    "An app on the marketplace's shelf: what its publisher says, and what it means for the viewer. Texts and addresses were checked for form, not for truth. Kept by the gateway, not by Stytch.",
})
export class Listing extends Node {
  @Field(() => ConnectedApp, { description: "The app, with its public fields. Costs no call." })
  connectedApp!: ConnectedApp;

  @Field(() => ListingStatus, { description: "Always PUBLISHED for Members: they see no others." })
  status!: ListingStatus;

  @Field(() => String, { description: "One line, at most 140 characters." })
  tagline!: string;

  @Field(() => String, {
    description:
      "Markdown, at most 20,000 characters, as it was given. Render it without HTML: it is untrusted text of the publisher.",
  })
  details!: string;

  @Field(() => [String], { description: "At most 10, each at most 40 characters." })
  categories!: string[];

  @Field(() => String, { description: "Who offers it, at most 100 characters." })
  publisherName!: string;

  @Field(() => String, { nullable: true, description: "An https URL." })
  publisherUrl!: string | null;

  @Field(() => String, { nullable: true, description: "An https URL." })
  supportUrl!: string | null;

  @Field(() => String, { description: "An https URL." })
  privacyPolicyUrl!: string;

  @Field(() => String, { nullable: true, description: "An https URL." })
  termsUrl!: string | null;

  @Field(() => String, {
    description:
      "Where “Connect” leads: the app starts its authorization there. An https URL; http on loopback only in development.",
  })
  installUrl!: string;

  @Field(() => [String], { description: "What the app will ask for, as its publisher says. At most 50." })
  scopes!: string[];

  @Field(() => GraphQLDateTime, { nullable: true, description: "When it last came on the shelf; null for drafts." })
  publishedAt!: Date | null;

  @Field(() => GraphQLDateTime, { description: "When its texts or its status last changed." })
  updatedAt!: Date;

  app!: ListingRecord["app"];
}

export const ListingConnection = connectionOf(Listing);

export const toListing = ({ app, texts, status, publishedAt, updatedAt }: ListingRecord): Listing =>
  Object.assign(new Listing(), {
    ...texts,
    id: listingId(app.connected_app_id),
    app,
    connectedApp: toListedApp(app),
    status: ListingStatus[status],
    publishedAt,
    updatedAt,
  });
