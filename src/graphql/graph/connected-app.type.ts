import { Field, Int, ObjectType } from "type-graphql";
import { Failure } from "../../failure";
import type { ListedApp } from "../../loaders/apps";
import type { ClientRecord } from "../../stytch/reads";
import { ClientType, toEnum } from "./enums";
import { Node } from "./node.type";

@ObjectType({
  simpleResolvers: true,
  description:
    "What is known of a client's secret. Never the secret: that is shown once, by the mutation that made it.",
})
export class ClientSecret {
  @Field(() => String, { description: "Last four characters of the current secret." })
  lastFour!: string;

  @Field(() => String, {
    nullable: true,
    description: "Last four characters of the next secret while a rotation is open.",
  })
  nextLastFour!: string | null;

  @Field(() => Boolean, { description: "Both secrets work until the rotation is completed or cancelled." })
  rotationInProgress!: boolean;

  clientId!: string;
}

@ObjectType({
  simpleResolvers: true,
  description: "How an app is registered as an OAuth client (RFC 7591 terms). Operators only.",
})
export class ClientRegistration {
  @Field(() => String, { description: "Stytch's word, usually `active`." })
  status!: string;

  @Field(() => [String], {
    description: "Where an authorization may be sent back to. Matched exactly, but for loopback ports.",
  })
  redirectUrls!: string[];

  @Field(() => [String], { description: "Where a logout may be sent back to." })
  postLogoutRedirectUrls!: string[];

  @Field(() => Boolean, { description: "First-party only: access tokens may be exchanged for a session." })
  fullAccessAllowed!: boolean;

  @Field(() => Boolean, { description: "First-party only: `offline_access` needs no consent." })
  bypassConsentForOfflineAccess!: boolean;

  @Field(() => Int, { description: "Minutes that an access token lives." })
  accessTokenExpiryMinutes!: number;

  @Field(() => String, { nullable: true, description: "Added to the `aud` claim of access tokens." })
  accessTokenCustomAudience!: string | null;

  @Field(() => String, { nullable: true, description: "JSON object merged into access tokens." })
  accessTokenTemplateContent!: string | null;

  @Field(() => String, { nullable: true, description: "JSON object merged into ID tokens." })
  idTokenTemplateContent!: string | null;

  @Field(() => String, { nullable: true, description: "Address of the Client ID Metadata Document it came from." })
  metadataUrl!: string | null;

  @Field(() => ClientSecret, { nullable: true, description: "Null for public clients, which have none." })
  secret!: ClientSecret | null;

  clientId!: string;
  /** Absent from the answers of create and rotate/start. */
  creationMethod!: string | null;
}

@ObjectType({
  implements: Node,
  simpleResolvers: true,
  description:
    "A third-party integration or an app of your own, registered as an OAuth client. It belongs to the whole marketplace. A Member sees it when it is on the shelf, or somebody in its Organization has authorized it.",
})
export class ConnectedApp extends Node {
  @Field(() => String, { description: "Untrusted text of the app's maker; can be empty." })
  name!: string;

  @Field(() => String, { description: "Untrusted text of the app's maker; can be empty." })
  description!: string;

  @Field(() => ClientType, { description: "Who made the app, and whether it has a secret." })
  clientType!: ClientType;

  @Field(() => String, { nullable: true, description: "Untrusted address of the app's maker." })
  logoUrl!: string | null;

  /** Present when the app was read as a client record. */
  record?: ClientRecord;
}

export const toConnectedApp = (record: ClientRecord): ConnectedApp =>
  Object.assign(new ConnectedApp(), {
    id: record.client_id,
    name: record.client_name,
    description: record.client_description,
    clientType: toEnum(ClientType, record.client_type),
    logoUrl: record.logo_url || null,
    record,
  });

/** One answer may name the same app thousands of times, which needs to be made only once. */
const made = new WeakMap<ListedApp, ConnectedApp>();

/** Organization and member lists name the same fields differently than client records. */
export function toListedApp(listed: ListedApp): ConnectedApp {
  const known = made.get(listed);
  if (known) return known;
  const app = Object.assign(new ConnectedApp(), {
    id: listed.connected_app_id,
    name: listed.name,
    description: listed.description,
    clientType: toEnum(ClientType, listed.client_type),
    logoUrl: listed.logo_url || null,
  });
  made.set(listed, app);
  return app;
}

export const toClientRegistration = (record: ClientRecord): ClientRegistration =>
  Object.assign(new ClientRegistration(), {
    clientId: record.client_id,
    status: record.status,
    creationMethod: record.creation_method || null,
    redirectUrls: record.redirect_urls,
    postLogoutRedirectUrls: record.post_logout_redirect_urls,
    fullAccessAllowed: record.full_access_allowed,
    bypassConsentForOfflineAccess: record.bypass_consent_for_offline_access,
    accessTokenExpiryMinutes: minutesOf(record),
    accessTokenCustomAudience: record.access_token_custom_audience || null,
    accessTokenTemplateContent: record.access_token_template_content || null,
    idTokenTemplateContent: record.id_token_template_content || null,
    metadataUrl: record.client_id_metadata_url || null,
    secret: toClientSecret(record),
  });

function toClientSecret(record: ClientRecord): ClientSecret | null {
  if (!record.client_secret_last_four) return null;
  const nextLastFour = record.next_client_secret_last_four || null;
  return {
    clientId: record.client_id,
    lastFour: record.client_secret_last_four,
    nextLastFour,
    rotationInProgress: nextLastFour !== null,
  };
}

/** There is no honest number to show instead, so the registration is null with an error. */
function minutesOf({ access_token_expiry_minutes: minutes }: ClientRecord): number {
  if (Number.isInteger(minutes)) return minutes;
  throw new Failure("UPSTREAM_UNAVAILABLE", "Stytch's answer lacks access_token_expiry_minutes. Try again later.");
}
