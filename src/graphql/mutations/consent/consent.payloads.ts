import { Field, ObjectType } from "type-graphql";
import { AuthorizationRequest } from "../../graph/authorization-request.type";
import { Payload } from "../payload";

@ObjectType({ simpleResolvers: true, description: "What is to be asked of the Member." })
export class StartAuthorizationPayload extends Payload {
  @Field(() => AuthorizationRequest, { nullable: true, description: "Null when there are userErrors." })
  authorizationRequest?: AuthorizationRequest;
}

@ObjectType({ simpleResolvers: true, description: "Where the browser goes now." })
export class SubmitConsentPayload extends Payload {
  @Field(() => String, {
    nullable: true,
    description: "Send the browser here, granted or not: it is the client's redirect URI with the answer in it.",
  })
  redirectUri?: string;

  @Field(() => Boolean, { nullable: true, description: "Whether a code was issued." })
  granted?: boolean;
}
