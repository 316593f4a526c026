import { Field, ObjectType } from "type-graphql";
import { Organization } from "../../graph/organization.type";
import { Payload } from "../payload";

@ObjectType({ simpleResolvers: true, description: "The Organization with its new rules." })
export class UpdateConnectedAppPolicyPayload extends Payload {
  @Field(() => Organization, { nullable: true, description: "With its new rules. Null when there are userErrors." })
  organization?: Organization;
}
