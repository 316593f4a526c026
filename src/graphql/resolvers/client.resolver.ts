import { Arg, Authorized, Ctx, Mutation, Resolver } from "type-graphql";
import { confirmOperator } from "../../auth/confirm-operator";
import { requireAllowed } from "../../auth/permissions";
import type { StytchClient } from "../../stytch/client";
import { isConnectedAppId } from "../../stytch/ids";
import type { GatewayContext } from "../context";
import {
  CancelSecretRotationInput,
  CompleteSecretRotationInput,
  CreateClientInput,
  DeleteClientInput,
  RotateSecretInput,
  toCreateRequest,
  toUpdateRequest,
  UpdateClientInput,
} from "../inputs/client.input";
import { toConnectedApp } from "../types/connected-app.type";
import {
  CancelSecretRotationPayload,
  CompleteSecretRotationPayload,
  CreateClientPayload,
  DeleteClientPayload,
  RotateSecretPayload,
  UpdateClientPayload,
} from "../types/payloads";
import { UserErrorCode } from "../types/user-error.type";
import { answer, InputRefused, userError } from "../user-errors";

/** Client records know no session, so an operator person is checked with Stytch first. */
async function write<T>(context: GatewayContext, call: (stytch: StytchClient) => Promise<T>): Promise<T> {
  requireAllowed(context.viewer, "manage:clients");
  await confirmOperator(context.viewer, context.stytch);
  return context.write(() => call(context.stytch));
}

function checkId(clientId: string): string {
  if (isConnectedAppId(clientId)) return clientId;
  throw new InputRefused([userError(UserErrorCode.NOT_FOUND, ["clientId"], "There is no such Connected App.")]);
}

@Resolver()
export class ClientResolver {
  @Authorized("manage:clients")
  @Mutation(() => CreateClientPayload, {
    description:
      "Registers an app. Its secret is in this answer and nowhere else. Stytch: `connectedApp.clients.create`.",
  })
  createClient(@Arg("input", () => CreateClientInput) input: CreateClientInput, @Ctx() context: GatewayContext) {
    return answer<CreateClientPayload>(async () => {
      const request = toCreateRequest(input);
      const { connected_app } = await write(context, (stytch) => stytch.createClient(request));
      return { connectedApp: toConnectedApp(connected_app), clientSecret: connected_app.client_secret ?? null };
    });
  }

  @Authorized("manage:clients")
  @Mutation(() => UpdateClientPayload, { description: "Changes an app. Stytch: `connectedApp.clients.update`." })
  updateClient(@Arg("input", () => UpdateClientInput) input: UpdateClientInput, @Ctx() context: GatewayContext) {
    return answer<UpdateClientPayload>(async () => {
      checkId(input.clientId);
      const request = toUpdateRequest(input);
      const { connected_app } = await write(context, (stytch) => stytch.updateClient(request));
      return { connectedApp: toConnectedApp(connected_app) };
    });
  }

  @Authorized("manage:clients")
  @Mutation(() => DeleteClientPayload, {
    description: "Deletes an app. Its authorizations and tokens end with it. Stytch: `connectedApp.clients.delete`.",
  })
  deleteClient(@Arg("input", () => DeleteClientInput) input: DeleteClientInput, @Ctx() context: GatewayContext) {
    return answer<DeleteClientPayload>(async () => {
      const id = checkId(input.clientId);
      const { client_id } = await write(context, (stytch) => stytch.deleteClient(id));
      return { deletedClientId: client_id };
    });
  }

  @Authorized("manage:clients")
  @Mutation(() => RotateSecretPayload, {
    description:
      "Starts a rotation: from here both secrets work, without a time limit, until it is completed or cancelled. The next secret is in this answer and nowhere else. Stytch: `clients.secrets.rotateStart`.",
  })
  rotateSecret(@Arg("input", () => RotateSecretInput) input: RotateSecretInput, @Ctx() context: GatewayContext) {
    return answer<RotateSecretPayload>(async () => {
      const id = checkId(input.clientId);
      const { connected_app } = await write(context, (stytch) => stytch.startSecretRotation(id));
      return { connectedApp: toConnectedApp(connected_app), nextClientSecret: connected_app.next_client_secret };
    });
  }

  @Authorized("manage:clients")
  @Mutation(() => CompleteSecretRotationPayload, {
    description: "Ends a rotation: the old secret stops working at once. Stytch: `clients.secrets.rotate`.",
  })
  completeSecretRotation(
    @Arg("input", () => CompleteSecretRotationInput) input: CompleteSecretRotationInput,
    @Ctx() context: GatewayContext,
  ) {
    return answer<CompleteSecretRotationPayload>(async () => {
      const id = checkId(input.clientId);
      const { connected_app } = await write(context, (stytch) => stytch.completeSecretRotation(id));
      return { connectedApp: toConnectedApp(connected_app) };
    });
  }

  @Authorized("manage:clients")
  @Mutation(() => CancelSecretRotationPayload, {
    description:
      "Ends a rotation: the next secret stops working, the old one stays. Stytch: `clients.secrets.rotateCancel`.",
  })
  cancelSecretRotation(
    @Arg("input", () => CancelSecretRotationInput) input: CancelSecretRotationInput,
    @Ctx() context: GatewayContext,
  ) {
    return answer<CancelSecretRotationPayload>(async () => {
      const id = checkId(input.clientId);
      const { connected_app } = await write(context, (stytch) => stytch.cancelSecretRotation(id));
      return { connectedApp: toConnectedApp(connected_app) };
    });
  }
}
