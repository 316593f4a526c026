import type { ConnectedAppPublic, MemberConnectedApp } from "stytch";
import type { ListingRow } from "../ledger/schema";
import { fold, sortKeyOf } from "./fold";

export type ListingStatus = ListingRow["status"];

/** A client's public fields, as every list of Stytch names them. */
export type PublicApp = Pick<
  MemberConnectedApp,
  "connected_app_id" | "name" | "description" | "client_type" | "logo_url"
>;

/** What of a client's record everybody may see who sees the app. */
export const toPublicApp = (
  client: Pick<ConnectedAppPublic, "client_id" | "client_name" | "client_description" | "client_type" | "logo_url">,
): PublicApp => ({
  connected_app_id: client.client_id,
  name: client.client_name,
  description: client.client_description,
  client_type: client.client_type,
  logo_url: client.logo_url ?? "",
});

/** What an operator writes about an app. */
export interface ListingTexts {
  tagline: string;
  /** Markdown; nobody here renders it. */
  details: string;
  categories: string[];
  publisherName: string;
  publisherUrl: string | null;
  supportUrl: string | null;
  privacyPolicyUrl: string;
  termsUrl: string | null;
  installUrl: string;
  scopes: string[];
}

export interface ListingRecord {
  app: PublicApp;
  texts: ListingTexts;
  status: ListingStatus;
  /** When it last came on the shelf. */
  publishedAt: Date | null;
  updatedAt: Date;
}

export function toListing(row: ListingRow): ListingRecord {
  const app: PublicApp = JSON.parse(row.app);
  const texts: ListingTexts = JSON.parse(row.body);
  return {
    app,
    texts,
    status: row.status,
    publishedAt: row.published_at === null ? null : new Date(row.published_at),
    updatedAt: new Date(row.updated_at),
  };
}

/** The columns that follow from an app and its texts. */
export const columnsOf = (app: PublicApp, texts: ListingTexts) => ({
  sort_key: sortKeyOf(app.name, app.connected_app_id),
  search: [app.name, texts.tagline, texts.publisherName].map(fold).join("\n"),
  app: JSON.stringify(publicFieldsOf(app)),
  body: JSON.stringify(texts),
});

/** Whatever else came along in a record stays out of the database. */
const publicFieldsOf = ({ connected_app_id, name, description, client_type, logo_url }: PublicApp): PublicApp => ({
  connected_app_id,
  name,
  description,
  client_type,
  logo_url: logo_url ?? "",
});

export const isSameApp = (a: PublicApp, b: PublicApp): boolean =>
  JSON.stringify(publicFieldsOf(a)) === JSON.stringify(publicFieldsOf(b));

const PREFIX = "listing:";

/** One app has one listing. */
export const listingId = (connectedAppId: string): string => `${PREFIX}${connectedAppId}`;
export const parseListingId = (id: string): string | null => (id.startsWith(PREFIX) ? id.slice(PREFIX.length) : null);
