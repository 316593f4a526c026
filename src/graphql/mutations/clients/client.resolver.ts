import type { GraphQLResolveInfo } from "graphql";
import type { ConnectedAppsClientsUpdateRequest } from "stytch";
import { Arg, Authorized, Ctx, Info, Mutation, Resolver } from "type-graphql";
import { digest, digests } from "../../../ledger/digest";
import { toPublicApp } from "../../../marketplace/listing";
import { createSeal } from "../../../oauth/seal";
import type { GatewayContext } from "../../context";
import { Cost, clientWrite } from "../../cost/prices";
import { toConnectedApp } from "../../graph/connected-app.type";
import { answer } from "../answer";
import { Audited } from "../audited";
import { checkClientId } from "../client-id";
import { replayedApp } from "../replayed-app";
import { onceOf } from "../secrets/seal.input";
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
  @Cost(clientWrite)
  @Authorized("manage:clients")
  @Audited("CLIENT_CREATED")
  @Mutation(() => CreateClientPayload, {
    nullable: true,
    description:
      "Registers an app. Its secret is in this answer and nowhere else. Stytch: `connectedApp.clients.create`.",
  })
  createClient(
    @Arg("input", () => CreateClientInput, {
      description: "The app's type, which is for good, and whatever is to differ from Stytch's defaults.",
    })
    input: CreateClientInput,
    @Ctx() context: GatewayContext,
    @Info() info: GraphQLResolveInfo,
  ) {
    return answer<CreateClientPayload>(async () => {
      const { caller } = context;
      const request = toCreateRequest(input);
      const seal = input.sealTo == null ? null : await createSeal(input.sealTo);
      const performed = await caller.performOnce(
        {
          action: "CLIENT_CREATED",
          facts: { name: digest(request.client_name ?? ""), clientType: request.client_type },
        },
        onceOf(input),
        (stytch) => stytch.createClient(request),
        ({ connected_app }) => ({
          connectedAppId: connected_app.client_id,
          detail: { secretLastFour: connected_app.client_secret_last_four },
        }),
      );
      if ("replayedAppId" in performed) {
        const connectedApp = await replayedApp(context, performed.replayedAppId, info);
        return { ...(connectedApp && { connectedApp }), replayed: true };
      }
      const { client_secret: secret = null, ...record } = performed.result.connected_app;
      return {
        connectedApp: toConnectedApp(record),
        clientSecret: seal ? null : secret,
        sealedClientSecret: seal && secret ? await seal.close(secret) : null,
        replayed: false,
      };
    });
  }

  @Cost(clientWrite)
  @Authorized("manage:clients")
  @Audited("CLIENT_UPDATED")
  @Mutation(() => UpdateClientPayload, {
    nullable: true,
    description: "Changes an app. Stytch: `connectedApp.clients.update`.",
  })
  updateClient(
    @Arg("input", () => UpdateClientInput, { description: "The app, and what changes. Lists are replaced as a whole." })
    input: UpdateClientInput,
    @Ctx() { caller, marketplace }: GatewayContext,
  ) {
    return answer<UpdateClientPayload>(async () => {
      const connectedAppId = await checkClientId(caller, "CLIENT_UPDATED", input.clientId);
      const request = toUpdateRequest(input);
      const { connected_app } = await caller.perform(
        { action: "CLIENT_UPDATED", connectedAppId, changes: changedFields(input), facts: factsOf(request) },
        (stytch) => stytch.updateClient(request),
      );
      await marketplace.shelf.appChanged(toPublicApp(connected_app));
      return { connectedApp: toConnectedApp(connected_app) };
    });
  }

  @Cost(clientWrite)
  @Authorized("manage:clients")
  @Audited("CLIENT_DELETED")
  @Mutation(() => DeleteClientPayload, {
    nullable: true,
    description: "Deletes an app. Its authorizations and tokens end with it. Stytch: `connectedApp.clients.delete`.",
  })
  deleteClient(
    @Arg("input", () => DeleteClientInput, { description: "The app. There is no way back." }) input: DeleteClientInput,
    @Ctx() { caller, marketplace }: GatewayContext,
  ) {
    return answer<DeleteClientPayload>(async () => {
      const connectedAppId = await checkClientId(caller, "CLIENT_DELETED", input.clientId);
      await caller.perform({ action: "CLIENT_DELETED", connectedAppId }, (stytch) =>
        stytch.deleteClient(connectedAppId),
      );
      await marketplace.shelf.appDeleted(connectedAppId);
      return { deletedClientId: connectedAppId };
    });
  }
}

/** By which the sweeper sees whether an update was done. */
const factsOf = ({ client_id: _, ...fields }: ConnectedAppsClientsUpdateRequest) => digests(fields);
