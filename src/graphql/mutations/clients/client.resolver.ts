import { Arg, Authorized, Ctx, Mutation, Resolver } from "type-graphql";
import type { Caller } from "../../../caller/caller";
import { toListedRecord } from "../../../loaders/apps";
import { CurrentCaller, type GatewayContext } from "../../context";
import { toConnectedApp } from "../../graph/connected-app.type";
import { answer } from "../answer";
import { Audited } from "../audited";
import { checkClientId } from "../client-id";
import {
  CreateClientInput,
  changedFields,
  DeleteClientInput,
  toCreateRequest,
  toUpdateRequest,
  UpdateClientInput,
} from "./client.input";
import { CreateClientPayload, DeleteClientPayload, UpdateClientPayload } from "./client.payloads";

@Resolver()
export class ClientResolver {
  @Authorized("manage:clients")
  @Audited("CLIENT_CREATED")
  @Mutation(() => CreateClientPayload, {
    nullable: true,
    description:
      "Registers an app. Its secret is in this answer and nowhere else. Stytch: `connectedApp.clients.create`.",
  })
  createClient(@Arg("input", () => CreateClientInput) input: CreateClientInput, @CurrentCaller() caller: Caller) {
    return answer<CreateClientPayload>(async () => {
      const request = toCreateRequest(input);
      const { connected_app } = await caller.perform(
        { action: "CLIENT_CREATED" },
        () => caller.stytch.createClient(request),
        (created) => ({ connectedAppId: created.connected_app.client_id }),
      );
      const { client_secret, ...record } = connected_app;
      return { connectedApp: toConnectedApp(record), clientSecret: client_secret ?? null };
    });
  }

  @Authorized("manage:clients")
  @Audited("CLIENT_UPDATED")
  @Mutation(() => UpdateClientPayload, {
    nullable: true,
    description: "Changes an app. Stytch: `connectedApp.clients.update`.",
  })
  updateClient(
    @Arg("input", () => UpdateClientInput) input: UpdateClientInput,
    @Ctx() { caller, marketplace }: GatewayContext,
  ) {
    return answer<UpdateClientPayload>(async () => {
      const connectedAppId = checkClientId(input.clientId);
      const request = toUpdateRequest(input);
      const { connected_app } = await caller.perform(
        { action: "CLIENT_UPDATED", connectedAppId, changes: changedFields(input) },
        () => caller.stytch.updateClient(request),
      );
      await marketplace.shelf.appChanged(toListedRecord(connected_app));
      return { connectedApp: toConnectedApp(connected_app) };
    });
  }

  @Authorized("manage:clients")
  @Audited("CLIENT_DELETED")
  @Mutation(() => DeleteClientPayload, {
    nullable: true,
    description: "Deletes an app. Its authorizations and tokens end with it. Stytch: `connectedApp.clients.delete`.",
  })
  deleteClient(
    @Arg("input", () => DeleteClientInput) input: DeleteClientInput,
    @Ctx() { caller, marketplace }: GatewayContext,
  ) {
    return answer<DeleteClientPayload>(async () => {
      const connectedAppId = checkClientId(input.clientId);
      const { client_id } = await caller.perform({ action: "CLIENT_DELETED", connectedAppId }, () =>
        caller.stytch.deleteClient(connectedAppId),
      );
      await marketplace.shelf.appDeleted(client_id);
      return { deletedClientId: client_id };
    });
  }
}
