import type { GraphQLResolveInfo } from "graphql";
import { Arg, Authorized, Ctx, Info, Mutation, Resolver } from "type-graphql";
import type { Caller } from "../../../caller/caller";
import { problem, refused } from "../../../failure";
import type { AuditChange } from "../../../ledger/event";
import { openRotation } from "../../../ledger/secret-record";
import { createSeal } from "../../../oauth/seal";
import { lastFoursOf } from "../../../stytch/last-fours";
import { CurrentCaller, type GatewayContext } from "../../context";
import { Cost, clientWrite } from "../../cost/prices";
import { toConnectedApp } from "../../graph/connected-app.type";
import { answer } from "../answer";
import { Audited } from "../audited";
import { checkClientId, noSuchClient } from "../client-id";
import { replayedApp } from "../replayed-app";
import { onceOf } from "./seal.input";
import {
  CancelSecretRotationInput,
  CompleteSecretRotationInput,
  checkCompleteAfter,
  isGoodTime,
  RescheduleSecretRotationInput,
  RotateSecretInput,
} from "./secret.input";
import {
  CancelSecretRotationPayload,
  CompleteSecretRotationPayload,
  RescheduleSecretRotationPayload,
  RotateSecretPayload,
} from "./secret.payloads";

@Resolver()
export class SecretResolver {
  @Cost(clientWrite)
  @Authorized("manage:clients")
  @Audited("SECRET_ROTATION_STARTED")
  @Mutation(() => RotateSecretPayload, {
    nullable: true,
    description:
      "Starts a rotation: from here both secrets work, until it is completed or cancelled: by somebody, or by the gateway at `completeAfter`. The next secret is in this answer and nowhere else. Stytch: `clients.secrets.rotateStart`.",
  })
  rotateSecret(
    @Arg("input", () => RotateSecretInput, {
      description: "An app that has a secret and no open rotation; public clients have none.",
    })
    input: RotateSecretInput,
    @Ctx() context: GatewayContext,
    @Info() info: GraphQLResolveInfo,
  ) {
    return answer<RotateSecretPayload>(async () => {
      const { caller, loaders, now } = context;
      const connectedAppId = await checkClientId(caller, "SECRET_ROTATION_STARTED", input.clientId);
      const completeAfter = input.completeAfter ?? null;
      const checkTime = () => checkCompleteAfter(completeAfter, now());
      const once = onceOf(input);
      // A repeat may come when the time has come too.
      const isLate = completeAfter !== null && !isGoodTime(completeAfter, now());
      if (isLate && !(once && (await loaders.records.isRepeat(once)))) checkTime();
      const seal = input.sealTo == null ? null : await createSeal(input.sealTo);
      const performed = await caller.performOnce(
        { action: "SECRET_ROTATION_STARTED", connectedAppId, completeAfter, changes: deadline(null, completeAfter) },
        once,
        async (stytch) => {
          checkTime();
          return stytch.startSecretRotation(connectedAppId);
        },
        ({ connected_app }) => ({
          detail: {
            secretLastFour: lastFoursOf(connected_app).nextLastFour ?? connected_app.next_client_secret?.slice(-4),
            currentLastFour: lastFoursOf(connected_app).lastFour,
          },
        }),
      );
      if ("replayedAppId" in performed) {
        const connectedApp = await replayedApp(context, performed.replayedAppId, info);
        return { ...(connectedApp && { connectedApp }), replayed: true };
      }
      const { next_client_secret: secret, ...record } = performed.result.connected_app;
      return {
        connectedApp: toConnectedApp(record),
        nextClientSecret: seal ? null : secret,
        sealedNextClientSecret: seal ? await seal.close(secret) : null,
        replayed: false,
      };
    });
  }

  @Cost(clientWrite)
  @Authorized("manage:clients")
  @Audited("SECRET_ROTATION_RESCHEDULED")
  @Mutation(() => RescheduleSecretRotationPayload, {
    nullable: true,
    description:
      "Moves or removes the time at which the gateway completes an open rotation by itself. Stytch: `clients.get`; nothing is changed there.",
  })
  rescheduleSecretRotation(
    @Arg("input", () => RescheduleSecretRotationInput, {
      description: "An app with an open rotation, and the new time, or none.",
    })
    input: RescheduleSecretRotationInput,
    @Ctx() { caller, loaders, now }: GatewayContext,
  ) {
    return answer<RescheduleSecretRotationPayload>(async () => {
      const connectedAppId = await checkClientId(caller, "SECRET_ROTATION_RESCHEDULED", input.clientId);
      const completeAfter = checkCompleteAfter(input.completeAfter, now());
      const client = await loaders.apps.registration(connectedAppId);
      if (!client) return noSuchClient(caller, { action: "SECRET_ROTATION_RESCHEDULED", connectedAppId });
      const secret = await loaders.records.secret(connectedAppId);
      const known = openRotation(secret?.rotation ?? null, lastFoursOf(client));
      if (!known) throw refused([NOT_OURS]);
      const changes = deadline(known.completeAfter, completeAfter);
      await caller.perform(
        { action: "SECRET_ROTATION_RESCHEDULED", connectedAppId, completeAfter, changes },
        async () => undefined,
      );
      return { connectedApp: toConnectedApp(client) };
    });
  }

  @Cost(clientWrite)
  @Authorized("manage:clients")
  @Audited("SECRET_ROTATION_COMPLETED")
  @Mutation(() => CompleteSecretRotationPayload, {
    nullable: true,
    description: "Ends a rotation: the old secret stops working at once. Stytch: `clients.secrets.rotate`.",
  })
  completeSecretRotation(
    @Arg("input", () => CompleteSecretRotationInput, { description: "An app with an open rotation." })
    input: CompleteSecretRotationInput,
    @CurrentCaller() caller: Caller,
  ) {
    return answer<CompleteSecretRotationPayload>(async () => {
      const connectedAppId = await checkClientId(caller, "SECRET_ROTATION_COMPLETED", input.clientId);
      const { connected_app } = await caller.perform(
        { action: "SECRET_ROTATION_COMPLETED", connectedAppId },
        (stytch) => stytch.completeSecretRotation(connectedAppId),
        (completed) => ({ detail: { secretLastFour: completed.connected_app.client_secret_last_four } }),
      );
      return { connectedApp: toConnectedApp(connected_app) };
    });
  }

  @Cost(clientWrite)
  @Authorized("manage:clients")
  @Audited("SECRET_ROTATION_CANCELLED")
  @Mutation(() => CancelSecretRotationPayload, {
    nullable: true,
    description:
      "Ends a rotation: the next secret stops working, the old one stays. Stytch: `clients.secrets.rotateCancel`.",
  })
  cancelSecretRotation(
    @Arg("input", () => CancelSecretRotationInput, { description: "An app with an open rotation." })
    input: CancelSecretRotationInput,
    @CurrentCaller() caller: Caller,
  ) {
    return answer<CancelSecretRotationPayload>(async () => {
      const connectedAppId = await checkClientId(caller, "SECRET_ROTATION_CANCELLED", input.clientId);
      const { connected_app } = await caller.perform(
        { action: "SECRET_ROTATION_CANCELLED", connectedAppId },
        (stytch) => stytch.cancelSecretRotation(connectedAppId),
        (cancelled) => ({ detail: { secretLastFour: cancelled.connected_app.client_secret_last_four } }),
      );
      return { connectedApp: toConnectedApp(connected_app) };
    });
  }
}

const NOT_OURS = problem(
  "ROTATION_NOT_STARTED",
  ["clientId"],
  "No secret rotation is open that was started through this gateway. Start one with rotateSecret.",
);

const deadline = (before: Date | null, after: Date | null): AuditChange[] =>
  before === null && after === null
    ? []
    : [{ field: "completeAfter", before: before?.toISOString() ?? null, after: after?.toISOString() ?? null }];
