import { Field, ID, InputType, registerEnumType } from "type-graphql";

export enum ConsentDecision {
  ALLOW = "ALLOW",
  DENY = "DENY",
}

registerEnumType(ConsentDecision, {
  name: "ConsentDecision",
  description: "The Member's answer. There is no default.",
  valuesConfig: {
    ALLOW: { description: "Grant the scopes." },
    DENY: { description: "Grant nothing, even where consent would not be required." },
  },
});

@InputType({ description: "For services, which have no session of their own." })
export class AuthorizingMemberInput {
  @Field(() => ID, { description: "Id of the Member's Organization." })
  organizationId!: string;

  @Field(() => ID, { description: "Id of the Member who decides." })
  memberId!: string;
}

@InputType({ description: "The parameters of the app's authorization URL (RFC 6749 4.1.1), read by your own page." })
export class StartAuthorizationInput {
  @Field(() => ID, { description: "The app's `client_id`: its id, or the address of its metadata document." })
  clientId!: string;

  @Field(() => String, { description: "Must match a registered one exactly, but for loopback ports." })
  redirectUri!: string;

  @Field(() => String, { defaultValue: "code", description: "Only `code`." })
  responseType!: string;

  @Field(() => [String], {
    nullable: true,
    description: "At most 100. `openid`, `email` and `profile` when left out.",
  })
  scopes?: string[] | null;

  @Field(() => String, { nullable: true, description: "Echoed to the app unchanged. At most 4096 characters." })
  state?: string | null;

  @Field(() => String, { nullable: true, description: "Goes into the ID token. At most 4096 characters." })
  nonce?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "PKCE (RFC 7636), 43 to 128 characters. Public clients must send it.",
  })
  codeChallenge?: string | null;

  @Field(() => String, { nullable: true, description: "`S256`; required with a challenge." })
  codeChallengeMethod?: string | null;

  @Field(() => String, { nullable: true, description: "Only `consent`: ask even if it was granted before." })
  prompt?: string | null;

  @Field(() => [String], {
    nullable: true,
    description: "Absolute URIs of the APIs that the tokens are for (RFC 8707). At most 20.",
  })
  resources?: string[] | null;

  @Field(() => AuthorizingMemberInput, {
    nullable: true,
    description: "For whom a service asks. Services must give it; Members ask for themselves and must not.",
  })
  member?: AuthorizingMemberInput | null;
}

@InputType({ description: "A Member's decision about one pending consent." })
export class SubmitConsentInput {
  @Field(() => ID, { description: "From `startAuthorization`." })
  authorizationRequestId!: string;

  @Field(() => ConsentDecision, { description: "What the Member chose." })
  decision!: ConsentDecision;

  @Field(() => [String], {
    nullable: true,
    description: "A subset of the grantable ones that were shown; all of them when left out.",
  })
  scopes?: string[] | null;
}
