import { ask, refuse } from "./api";
import { away, button, h } from "./dom";
import {
  AppDocument,
  type AppQuery,
  DisconnectDocument,
  RequestAppDocument,
  WithdrawAppRequestDocument,
} from "./gql/graphql";
import { badge } from "./shelf";
import type { Viewer } from "./viewer";

type Listing = NonNullable<AppQuery["listing"]>;

export async function app(connectedAppId: string, viewer: Viewer, reload: () => Promise<void>): Promise<Node[]> {
  const { listing } = await ask(AppDocument, { connectedAppId });
  if (!listing) return [h("h1", {}, "There is no such app here")];
  const { connectedApp, tagline, details, publisherName, publisherUrl } = listing;
  return [
    h("h1", {}, connectedApp.name),
    h("p", { class: "lead" }, tagline),
    badge(listing),
    actions(listing, viewer, reload),
    // Markdown, shown as it was written. Put your own renderer here, and leave HTML switched off in it.
    h("div", { class: "details" }, details),
    h(
      "dl",
      {},
      h("dt", {}, "Publisher"),
      h("dd", {}, publisherUrl ? away(publisherUrl, publisherName) : publisherName),
      h("dt", {}, "Will ask for"),
      h("dd", {}, listing.scopes.join(", ") || "nothing"),
      h("dt", {}, "Links"),
      h("dd", { class: "row" }, ...links(listing)),
    ),
  ];
}

const links = ({ privacyPolicyUrl, termsUrl, supportUrl }: Listing): HTMLElement[] => [
  away(privacyPolicyUrl, "Privacy policy"),
  ...(termsUrl ? [away(termsUrl, "Terms")] : []),
  ...(supportUrl ? [away(supportUrl, "Support")] : []),
];

/** The one thing to do next. */
function actions(listing: Listing, viewer: Viewer, reload: () => Promise<void>): HTMLElement {
  const { connectedApp, authorization, availability, appRequest, installUrl } = listing;
  if (authorization) return h("p", {}, disconnect(connectedApp.id, viewer, reload));
  if (availability === "AVAILABLE")
    return h("p", {}, away(installUrl, `Connect ${connectedApp.name}`, "button primary"));
  if (!appRequest) return requestForm(connectedApp.id, reload);
  if (appRequest.member?.id !== viewer.member.id) {
    return h("p", {}, "Somebody in your organization has asked for it. An admin will decide.");
  }
  return h(
    "div",
    {},
    h("p", {}, "You have asked for it. An admin will decide."),
    button("Take the request back", async () => {
      const { withdrawAppRequest } = await ask(WithdrawAppRequestDocument, { input: { appRequestId: appRequest.id } });
      refuse(withdrawAppRequest);
      await reload();
    }),
  );
}

function requestForm(connectedAppId: string, reload: () => Promise<void>): HTMLElement {
  const reason = h("textarea", { rows: "3", maxlength: "1000" });
  return h(
    "div",
    {},
    h("p", {}, "Your organization has not approved this app yet."),
    h("label", {}, "Why do you need it? (optional)", reason),
    h(
      "p",
      {},
      button(
        "Ask an admin",
        async () => {
          const { requestApp } = await ask(RequestAppDocument, { input: { connectedAppId, reason: reason.value } });
          refuse(requestApp);
          await reload();
        },
        "primary",
      ),
    ),
  );
}

export const disconnect = (connectedAppId: string, { member }: Viewer, reload: () => Promise<void>): HTMLElement =>
  button("Disconnect", async () => {
    const { revokeMemberApp } = await ask(DisconnectDocument, { input: { memberId: member.id, connectedAppId } });
    refuse(revokeMemberApp);
    await reload();
  });
