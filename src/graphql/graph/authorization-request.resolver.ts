import { Arg, Authorized, Ctx, ID, Query, Resolver } from "type-graphql";
import type { GatewayContext } from "../context";
import { Cost, ONE } from "../cost/prices";
import { AuthorizationRequest, toAuthorizationRequest } from "./authorization-request.type";

@Resolver()
export class AuthorizationRequestResolver {
  @Cost(() => ({ calls: 1, children: ONE }))
  @Authorized("manage:authorizations")
  @Query(() => AuthorizationRequest, {
    nullable: true,
    description:
      "A pending consent of your own session. Null when it is used, expired, not yours, or refused by Stytch by now.",
  })
  async authorizationRequest(
    @Arg("id", () => ID, { description: "From `startAuthorization`." }) id: string,
    @Ctx() { caller, consent }: GatewayContext,
  ): Promise<AuthorizationRequest | null> {
    const pending = await consent.read(caller, id);
    return pending && toAuthorizationRequest(pending);
  }
}
