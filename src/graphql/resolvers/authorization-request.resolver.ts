import { Arg, Authorized, Ctx, ID, Mutation, Query, Resolver } from "type-graphql";
import { requireAllowed } from "../../auth/permissions";
import { parseInput } from "../../oauth/authorization-request";
import type { GatewayContext } from "../context";
import { StartAuthorizationInput, SubmitConsentInput } from "../inputs/authorization-request.input";
import { AuthorizationRequest, toAuthorizationRequest } from "../types/authorization-request.type";
import { StartAuthorizationPayload, SubmitConsentPayload } from "../types/consent.payloads";
import { answer } from "../user-errors";

@Resolver()
export class AuthorizationRequestResolver {
  @Authorized("manage:authorizations")
  @Query(() => AuthorizationRequest, {
    nullable: true,
    description:
      "A pending consent of your own session. Null when it is used, expired, not yours, or refused by Stytch by now.",
  })
  async authorizationRequest(
    @Arg("id", () => ID, { description: "From `startAuthorization`." }) id: string,
    @Ctx() { viewer, stytch, consent }: GatewayContext,
  ): Promise<AuthorizationRequest | null> {
    requireAllowed(viewer, "manage:authorizations");
    const pending = await consent.read(viewer, stytch, id);
    return pending && toAuthorizationRequest(pending);
  }

  @Authorized("manage:authorizations")
  @Mutation(() => StartAuthorizationPayload, {
    description:
      "Checks an app's request and says what to ask the Member. Grants nothing. Stytch: `idp.oauth.authorizeStart`.",
  })
  startAuthorization(
    @Arg("input", () => StartAuthorizationInput) { member, ...parameters }: StartAuthorizationInput,
    @Ctx() { viewer, stytch, consent }: GatewayContext,
  ) {
    return answer<StartAuthorizationPayload>(async () => {
      requireAllowed(viewer, "manage:authorizations");
      const pending = await consent.startAuthorization(viewer, stytch, parseInput(parameters), member);
      return { authorizationRequest: toAuthorizationRequest(pending) };
    });
  }

  @Authorized("manage:authorizations")
  @Mutation(() => SubmitConsentPayload, {
    description:
      "Decides a pending consent, once. Roles and policy are checked again; nothing beyond what was shown is ever granted. Stytch: `idp.oauth.authorizeStart`, then `idp.oauth.authorize`.",
  })
  submitConsent(
    @Arg("input", () => SubmitConsentInput) { authorizationRequestId, ...input }: SubmitConsentInput,
    @Ctx() context: GatewayContext,
  ) {
    return answer<SubmitConsentPayload>(async () => {
      const { viewer, stytch, consent } = context;
      requireAllowed(viewer, "manage:authorizations");
      const submission = { requestId: authorizationRequestId, ...input };
      return context.write(() => consent.submitConsent(viewer, stytch, submission));
    });
  }
}
