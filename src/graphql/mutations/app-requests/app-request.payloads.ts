import { Field, ObjectType } from "type-graphql";
import { AppRequest } from "../../graph/app-request.type";
import { Payload } from "../payload";

@ObjectType({ simpleResolvers: true })
abstract class AppRequestPayload extends Payload {
  @Field(() => AppRequest, { nullable: true, description: "As it is now. Null when there are userErrors." })
  appRequest?: AppRequest;
}

@ObjectType({ simpleResolvers: true, description: "The request that was opened." })
export class RequestAppPayload extends AppRequestPayload {}

@ObjectType({ simpleResolvers: true, description: "The request that was taken back." })
export class WithdrawAppRequestPayload extends AppRequestPayload {}

@ObjectType({ simpleResolvers: true, description: "The request that was decided." })
export class DecideAppRequestPayload extends AppRequestPayload {
  /** Whose `organization` is read, if it is asked for. */
  organizationId?: string;
}
