import { Field, ID, InputType } from "type-graphql";

@InputType({ description: "Names one app." })
abstract class ListedAppInput {
  @Field(() => ID, { description: "Id of the app." })
  connectedAppId!: string;
}

@InputType({ description: "Everything that a listing says; it replaces what the listing said before." })
export class SaveListingInput extends ListedAppInput {
  @Field(() => String, { description: "One line, 1 to 140 characters; no control or bidirectional characters." })
  tagline!: string;

  @Field(() => String, { description: "Markdown, 1 to 20,000 characters." })
  details!: string;

  @Field(() => [String], { description: "At most 10, each 1 to 40 characters." })
  categories!: string[];

  @Field(() => String, { description: "1 to 100 characters." })
  publisherName!: string;

  @Field(() => String, { nullable: true, description: "An https URL." })
  publisherUrl?: string | null;

  @Field(() => String, { nullable: true, description: "An https URL." })
  supportUrl?: string | null;

  @Field(() => String, { description: "An https URL." })
  privacyPolicyUrl!: string;

  @Field(() => String, { nullable: true, description: "An https URL." })
  termsUrl?: string | null;

  @Field(() => String, {
    description: "Where “Connect” leads. An https URL; in development also http on 127.0.0.1, [::1] or localhost.",
  })
  installUrl!: string;

  @Field(() => [String], { description: "Names of scopes that the app will ask for, at most 50." })
  scopes!: string[];
}

@InputType({ description: "The listing to put on the shelf." })
export class PublishListingInput extends ListedAppInput {}

@InputType({ description: "The listing to take off the shelf." })
export class WithdrawListingInput extends ListedAppInput {}
