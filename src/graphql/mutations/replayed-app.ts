import type { GraphQLResolveInfo } from "graphql";
import type { GatewayContext } from "../context";
import { ConnectedApp, toConnectedApp } from "../graph/connected-app.type";

/** The app that a repeated mutation made before. Its id alone costs no call; anything else is read again. */
export async function replayedApp(
  { loaders }: GatewayContext,
  id: string,
  info: GraphQLResolveInfo,
): Promise<ConnectedApp | undefined> {
  if (selectsOnlyId(info)) return Object.assign(new ConnectedApp(), { id });
  const record = await loaders.apps.registration(id);
  return record ? toConnectedApp(record) : undefined;
}

/** Whether of `connectedApp` nothing but the id is asked for; a fragment counts as more. */
const selectsOnlyId = ({ fieldNodes }: GraphQLResolveInfo): boolean =>
  fieldNodes
    .flatMap(({ selectionSet }) => selectionSet?.selections ?? [])
    .every((selection) => {
      if (selection.kind !== "Field") return false;
      if (selection.name.value !== "connectedApp") return true;
      return selection.selectionSet?.selections.every(
        (field) => field.kind === "Field" && ["id", "__typename"].includes(field.name.value),
      );
    });
