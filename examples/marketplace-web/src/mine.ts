import { ask } from "./api";
import { disconnect } from "./app";
import { h } from "./dom";
import { MineDocument } from "./gql/graphql";
import type { Viewer } from "./viewer";

export async function mine(viewer: Viewer, reload: () => Promise<void>): Promise<Node[]> {
  const answer = await ask(MineDocument, {});
  const authorizations = answer.viewer?.member?.authorizations ?? [];
  return [
    h("h1", {}, "My apps"),
    h("p", { class: "lead" }, authorizations.length > 0 ? "They may act for you." : "You have connected no app yet."),
    h(
      "ul",
      { class: "cards" },
      ...authorizations.map(({ connectedApp, scopes }) =>
        h(
          "li",
          { class: "card" },
          h("h2", {}, connectedApp.name || connectedApp.id),
          h("p", {}, connectedApp.description),
          h("p", { class: "soft" }, `May use: ${scopes.join(", ")}`),
          disconnect(connectedApp.id, viewer, reload),
        ),
      ),
    ),
  ];
}
