import { Field, ObjectType } from "type-graphql";
import { Listing } from "../../graph/listing.type";
import { Payload } from "../payload";

@ObjectType({ simpleResolvers: true })
abstract class ListingPayload extends Payload {
  @Field(() => Listing, { nullable: true, description: "As it is now. Null when there are userErrors." })
  listing?: Listing;
}

@ObjectType({ simpleResolvers: true, description: "The listing as it was saved." })
export class SaveListingPayload extends ListingPayload {}

@ObjectType({ simpleResolvers: true, description: "The listing on the shelf." })
export class PublishListingPayload extends ListingPayload {}

@ObjectType({ simpleResolvers: true, description: "The listing off the shelf." })
export class WithdrawListingPayload extends ListingPayload {}
