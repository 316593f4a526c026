import { Field, ObjectType, registerEnumType } from "type-graphql";
import { RequestedScope } from "./authorization-request.type";

export enum AuthorizationOutcome {
  CONSENT = "CONSENT",
  NO_CONSENT_NEEDED = "NO_CONSENT_NEEDED",
  ERROR_PAGE = "ERROR_PAGE",
  ERROR_REDIRECT = "ERROR_REDIRECT",
}

registerEnumType(AuthorizationOutcome, {
  name: "AuthorizationOutcome",
  description: "Where an authorization URL leads a Member who is signed in.",
  valuesConfig: {
    CONSENT: { description: "The page asks the Member." },
    NO_CONSENT_NEEDED: { description: "The browser goes back to the app at once, with a code." },
    ERROR_PAGE: { description: "The browser stays on an error page: nobody can be sent on safely." },
    ERROR_REDIRECT: { description: "The browser goes back to the app with an OAuth error." },
  },
});

@ObjectType({ simpleResolvers: true, description: "One thing about an authorization URL that is not as it should be." })
export class AuthorizationProblem {
  @Field(() => String, { nullable: true, description: "As it stands in the URL. Null for the URL itself." })
  parameter!: string | null;

  @Field(() => String, {
    nullable: true,
    description: "What was sent, shortened to 300 characters. Null when nothing was, or when it is better not shown.",
  })
  sent!: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      "What would be right: for a redirect URI, the registered one that is nearest. Null when there is none.",
  })
  expected!: string | null;

  @Field(() => String, { description: "For people: what is wrong." })
  message!: string;
}

@ObjectType({
  simpleResolvers: true,
  description: "What the consent page would do with an authorization URL. Nothing was granted, asked or stored.",
})
export class AuthorizationExplanation {
  @Field(() => AuthorizationOutcome, {
    description:
      "What the page does. Without a Member: what it does for one who has not connected the app yet, as far as that can be known.",
  })
  outcome!: AuthorizationOutcome;

  @Field(() => [RequestedScope], {
    description:
      "As the page shows them to the Member, or would without the problems. Empty when no Member is named, or when the app or the Organization's policy stands in the way.",
  })
  scopes!: RequestedScope[];

  @Field(() => [AuthorizationProblem], {
    description: "Every problem at once; some, such as an unknown parameter, do not change the outcome.",
  })
  problems!: AuthorizationProblem[];
}
