import { Arg, Authorized, Mutation, Resolver } from "type-graphql";
import type { Caller } from "../../../caller/caller";
import { CurrentCaller } from "../../context";
import { toConnectedApp } from "../../graph/connected-app.type";
import { answer } from "../answer";
import { Audited } from "../audited";
import { checkClientId } from "../client-id";
import { CancelSecretRotationInput, CompleteSecretRotationInput, RotateSecretInput } from "./secret.input";
import { CancelSecretRotationPayload, CompleteSecretRotationPayload, RotateSecretPayload } from "./secret.payloads";

@Resolver()
export class SecretResolver {
  @Authorized("manage:clients")
  @Audited("SECRET_ROTATION_STARTED")
  @Mutation(() => RotateSecretPayload, {
    nullable: true,
    description:
      "Starts a rotation: from here both secrets work, without a time limit, until it is completed or cancelled. The next secret is in this answer and nowhere else. Stytch: `clients.secrets.rotateStart`.",
  })
  rotateSecret(@Arg("input", () => RotateSecretInput) input: RotateSecretInput, @CurrentCaller() caller: Caller) {
    return answer<RotateSecretPayload>(async () => {
      const connectedAppId = checkClientId(input.clientId);
      const { connected_app } = await caller.perform({ action: "SECRET_ROTATION_STARTED", connectedAppId }, () =>
        caller.stytch.startSecretRotation(connectedAppId),
      );
      const { next_client_secret, ...record } = connected_app;
      return { connectedApp: toConnectedApp(record), nextClientSecret: next_client_secret };
    });
  }

  @Authorized("manage:clients")
  @Audited("SECRET_ROTATION_COMPLETED")
  @Mutation(() => CompleteSecretRotationPayload, {
    nullable: true,
    description: "Ends a rotation: the old secret stops working at once. Stytch: `clients.secrets.rotate`.",
  })
  completeSecretRotation(
    @Arg("input", () => CompleteSecretRotationInput) input: CompleteSecretRotationInput,
    @CurrentCaller() caller: Caller,
  ) {
    return answer<CompleteSecretRotationPayload>(async () => {
      const connectedAppId = checkClientId(input.clientId);
      const { connected_app } = await caller.perform({ action: "SECRET_ROTATION_COMPLETED", connectedAppId }, () =>
        caller.stytch.completeSecretRotation(connectedAppId),
      );
      return { connectedApp: toConnectedApp(connected_app) };
    });
  }

  @Authorized("manage:clients")
  @Audited("SECRET_ROTATION_CANCELLED")
  @Mutation(() => CancelSecretRotationPayload, {
    nullable: true,
    description:
      "Ends a rotation: the next secret stops working, the old one stays. Stytch: `clients.secrets.rotateCancel`.",
  })
  cancelSecretRotation(
    @Arg("input", () => CancelSecretRotationInput) input: CancelSecretRotationInput,
    @CurrentCaller() caller: Caller,
  ) {
    return answer<CancelSecretRotationPayload>(async () => {
      const connectedAppId = checkClientId(input.clientId);
      const { connected_app } = await caller.perform({ action: "SECRET_ROTATION_CANCELLED", connectedAppId }, () =>
        caller.stytch.cancelSecretRotation(connectedAppId),
      );
      return { connectedApp: toConnectedApp(connected_app) };
    });
  }
}
