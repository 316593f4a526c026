import { Arg, Authorized, Ctx, Mutation, Resolver } from "type-graphql";
import { parseInput } from "../../../oauth/parameters";
import type { GatewayContext } from "../../context";
import { Cost, ONE } from "../../cost/prices";
import { toAuthorizationRequest } from "../../graph/authorization-request.type";
import { answer } from "../answer";
import { Audited } from "../audited";
import { StartAuthorizationInput, SubmitConsentInput } from "./consent.input";
import { StartAuthorizationPayload, SubmitConsentPayload } from "./consent.payloads";

@Resolver()
export class ConsentResolver {
  @Cost(() => ({ calls: 1, children: ONE }))
  @Authorized("manage:authorizations")
  @Mutation(() => StartAuthorizationPayload, {
    nullable: true,
    description:
      "Checks an app's request and says what to ask the Member. Grants nothing. Stytch: `idp.oauth.authorizeStart`.",
  })
  startAuthorization(
    @Arg("input", () => StartAuthorizationInput, {
      description:
        "What the app asked for in its authorization URL. Services also say for which Member; Members must not.",
    })
    { member, ...parameters }: StartAuthorizationInput,
    @Ctx() { caller, consent }: GatewayContext,
  ) {
    return answer<StartAuthorizationPayload>(async () => {
      const pending = await consent.startAuthorization(caller, parseInput(parameters), member);
      return { authorizationRequest: toAuthorizationRequest(pending) };
    });
  }

  // `authorizeStart` again, then `authorize`; before it, whether an operator still is one.
  @Cost(() => ({ calls: 2, once: ["self"] }))
  @Authorized("manage:authorizations")
  @Audited("AUTHORIZATION_GRANTED")
  @Mutation(() => SubmitConsentPayload, {
    nullable: true,
    description:
      "Decides a pending consent, once. Roles and policy are checked again; nothing beyond what was shown is ever granted. Stytch: `idp.oauth.authorizeStart`, then `idp.oauth.authorize`.",
  })
  submitConsent(
    @Arg("input", () => SubmitConsentInput, {
      description:
        "A pending request of the same caller, and the Member's decision. It can be used once, for 10 minutes.",
    })
    { authorizationRequestId, ...input }: SubmitConsentInput,
    @Ctx() { caller, consent }: GatewayContext,
  ) {
    return answer<SubmitConsentPayload>(() =>
      consent.submitConsent(caller, { requestId: authorizationRequestId, ...input }),
    );
  }
}
