import { Arg, Authorized, Ctx, Mutation, Resolver } from "type-graphql";
import { confirmOperator } from "../../auth/confirm-operator";
import { requireAllowed, UPDATE_CONNECTED_APP_POLICY } from "../../auth/permissions";
import { actorOf } from "../../auth/viewer";
import type { GatewayContext } from "../context";
import { toPolicyFields, UpdateConnectedAppPolicyInput } from "../inputs/connected-app-policy.input";
import { toOrganization } from "../types/organization.type";
import { UpdateConnectedAppPolicyPayload } from "../types/payloads";
import { answer } from "../user-errors";
import { requireOrganizationId } from "./organization-argument";

@Resolver()
export class ConnectedAppPolicyResolver {
  @Authorized("manage:authorizations")
  @Mutation(() => UpdateConnectedAppPolicyPayload, {
    description:
      "Changes which apps an Organization's Members may authorize. Narrowing revokes the authorizations of the apps it leaves out, for good. For admins of the Organization and operators. Stytch: `organizations.update`.",
  })
  updateConnectedAppPolicy(
    @Arg("input", () => UpdateConnectedAppPolicyInput) input: UpdateConnectedAppPolicyInput,
    @Ctx() context: GatewayContext,
  ) {
    return answer<UpdateConnectedAppPolicyPayload>(async () => {
      const { viewer, stytch } = context;
      requireAllowed(viewer, "manage:authorizations");
      const fields = toPolicyFields(input);
      const organization_id = await requireOrganizationId(context, input.organizationId);
      await confirmOperator(viewer, stytch);
      const actor = actorOf(viewer);
      if (actor) {
        // No documented action guards these fields, so Stytch is asked about one before it is told to write.
        const authorization_check = { organization_id, ...UPDATE_CONNECTED_APP_POLICY };
        await stytch.authenticateSession({ ...actor.identity, authorization_check });
      }
      const { organization } = await context.write(() =>
        stytch.updateOrganization({ organization_id, ...fields }, actor),
      );
      context.loaders.organization.prime(organization_id, organization);
      return { organization: toOrganization(organization) };
    });
  }
}
