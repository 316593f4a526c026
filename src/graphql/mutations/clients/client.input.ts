import type { ConnectedAppsClientsCreateRequest, ConnectedAppsClientsUpdateRequest } from "stytch";
import { Field, ID, InputType, Int } from "type-graphql";
import { type Problem, problem } from "../../../failure";
import type { AuditChange } from "../../../ledger/event";
import { ClientType } from "../../graph/enums";
import { JsonWebKey, KEY_DESCRIPTION, SEAL_DESCRIPTION } from "../secrets/seal.input";
import { checkClientFields } from "./client.rules";

@InputType()
abstract class ClientFieldsInput {
  @Field(() => String, {
    nullable: true,
    description:
      "1 to 200 characters, some of which can be seen; no control or bidirectional characters. Give a new app one: people tell apps apart by it.",
  })
  name?: string | null;

  @Field(() => String, { nullable: true, description: "At most 2000 characters." })
  description?: string | null;

  @Field(() => [String], {
    nullable: true,
    description:
      "At most 50. https, http on loopback, or a private scheme with a dot. No fragment, no wildcard. Replaces the list; matched exactly when an app asks for authorization.",
  })
  redirectUrls?: string[] | null;

  @Field(() => [String], { nullable: true, description: "Same rules as `redirectUrls`. Replaces the list." })
  postLogoutRedirectUrls?: string[] | null;

  @Field(() => Boolean, { nullable: true, description: "First-party types only." })
  fullAccessAllowed?: boolean | null;

  @Field(() => Boolean, { nullable: true, description: "First-party types only." })
  bypassConsentForOfflineAccess?: boolean | null;

  @Field(() => Int, { nullable: true, description: "Minutes, 1 to 1440. Stytch's default is 60." })
  accessTokenExpiryMinutes?: number | null;

  @Field(() => String, { nullable: true, description: "Added to the `aud` claim of access tokens. Empty clears it." })
  accessTokenCustomAudience?: string | null;

  @Field(() => String, { nullable: true, description: "A JSON object, merged into access tokens. Empty clears it." })
  accessTokenTemplateContent?: string | null;

  @Field(() => String, { nullable: true, description: "A JSON object, merged into ID tokens. Empty clears it." })
  idTokenTemplateContent?: string | null;

  @Field(() => String, { nullable: true, description: "An https URL. Empty clears it." })
  logoUrl?: string | null;
}

@InputType({ description: "A new app. What is left out gets Stytch's default: no name, for instance." })
export class CreateClientInput extends ClientFieldsInput {
  @Field(() => String, { nullable: true, description: KEY_DESCRIPTION })
  idempotencyKey?: string | null;

  @Field(() => JsonWebKey, { nullable: true, description: SEAL_DESCRIPTION })
  sealTo?: unknown;

  @Field(() => ClientType, { description: "Cannot be changed later." })
  clientType!: ClientType;
}

@InputType({ description: "Changes to an app. What is left out, or null, stays as it is." })
export class UpdateClientInput extends ClientFieldsInput {
  @Field(() => ID, { description: "Id of the app to change." })
  clientId!: string;
}

@InputType({ description: "Names one app." })
export abstract class ClientIdInput {
  @Field(() => ID, { description: "Id of the app." })
  clientId!: string;
}

@InputType({ description: "The app to delete." })
export class DeleteClientInput extends ClientIdInput {}

const CLIENT_TYPES = {
  FIRST_PARTY: "first_party",
  FIRST_PARTY_PUBLIC: "first_party_public",
  THIRD_PARTY: "third_party",
  THIRD_PARTY_PUBLIC: "third_party_public",
} as const;

/** @throws Failure before anything is sent. */
export function toCreateRequest(input: CreateClientInput): ConnectedAppsClientsCreateRequest {
  const { clientType } = input;
  const others: Problem[] = [];
  if (clientType === ClientType.UNKNOWN) {
    others.push(problem("INVALID", ["clientType"], "clientType UNKNOWN is for reading only. Choose another."));
  }
  if (clientType === ClientType.THIRD_PARTY || clientType === ClientType.THIRD_PARTY_PUBLIC) {
    for (const flag of ["fullAccessAllowed", "bypassConsentForOfflineAccess"] as const) {
      if (input[flag]) others.push(problem("INVALID", [flag], `${flag} is for first-party types only.`));
    }
  }
  checkClientFields(input, others);
  if (clientType === ClientType.UNKNOWN) throw new Error("Refused above.");
  return { client_type: CLIENT_TYPES[clientType], ...toFields(input) };
}

/** @throws Failure before anything is sent. */
export function toUpdateRequest(input: UpdateClientInput): ConnectedAppsClientsUpdateRequest {
  checkClientFields(input);
  return { client_id: input.clientId, ...toFields(input) };
}

/** Omitted and null both mean "not given" (unconfirmed: Stytch reads null as omitted). */
const toFields = (input: ClientFieldsInput) =>
  withoutNulls({
    client_name: input.name,
    client_description: input.description,
    redirect_urls: input.redirectUrls,
    post_logout_redirect_urls: input.postLogoutRedirectUrls,
    full_access_allowed: input.fullAccessAllowed,
    bypass_consent_for_offline_access: input.bypassConsentForOfflineAccess,
    access_token_expiry_minutes: input.accessTokenExpiryMinutes,
    access_token_custom_audience: input.accessTokenCustomAudience,
    access_token_template_content: input.accessTokenTemplateContent,
    id_token_template_content: input.idTokenTemplateContent,
    logo_url: input.logoUrl,
  });

/** Names of the fields that are given; their values can be anybody's words, and templates can hold more. */
export const changedFields = ({ clientId: _, ...fields }: UpdateClientInput): AuditChange[] =>
  Object.entries(fields)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([field]) => ({ field, before: null, after: null }));

type WithoutNulls<T> = { [K in keyof T]?: NonNullable<T[K]> };

const withoutNulls = <T extends object>(fields: T) =>
  Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  ) as WithoutNulls<T>;
