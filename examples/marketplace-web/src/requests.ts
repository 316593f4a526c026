import { ask, refuse } from "./api";
import { button, h } from "./dom";
import { DecideDocument, RequestsDocument, type RequestsQuery } from "./gql/graphql";
import type { Viewer } from "./viewer";

type Request = NonNullable<NonNullable<RequestsQuery["organization"]>["appRequests"]>["nodes"][number];

const PAGE = 25;
const WORDS = { OPEN: "Open", APPROVED: "Approved", DECLINED: "Declined", WITHDRAWN: "Taken back" } as const;

/** Admins see and decide what everybody asked for; others see what they asked for. */
export async function requests(viewer: Viewer, reload: () => Promise<void>): Promise<Node[]> {
  const cards = h("ul", { class: "cards" });
  const more = h("div");
  let isEmpty = true;
  async function load(after: string | null): Promise<void> {
    const { organization } = await ask(RequestsDocument, { first: PAGE, after });
    const page = organization?.appRequests;
    isEmpty = after === null && !page?.nodes.length;
    cards.append(...(page?.nodes ?? []).map((request) => card(request, viewer, reload)));
    const { hasNextPage = false, endCursor = null } = page?.pageInfo ?? {};
    more.replaceChildren(...(hasNextPage ? [button("Show more", () => load(endCursor ?? null))] : []));
  }
  await load(null);
  return [
    h("h1", {}, viewer.member.isAdmin ? "Requests for apps" : "My requests"),
    h("p", { class: "lead" }, isEmpty ? "Nobody has asked for anything." : "Newest first."),
    cards,
    more,
  ];
}

function card(
  { id, status, reason, note, createdAt, connectedApp, member }: Request,
  viewer: Viewer,
  reload: () => Promise<void>,
) {
  const asked = new Date(createdAt).toLocaleDateString(undefined, { dateStyle: "medium" });
  return h(
    "li",
    { class: "card" },
    h("h2", {}, h("a", { href: `#/apps/${connectedApp.id}` }, connectedApp.name)),
    h("p", { class: "soft" }, `${member?.name || "Somebody"}, ${asked}`),
    reason ? h("p", {}, reason) : null,
    note ? h("p", {}, `Answer: ${note}`) : null,
    status === "OPEN" && viewer.member.isAdmin
      ? decision(id, connectedApp.name, reload)
      : h("p", { class: `badge ${status === "APPROVED" ? "good" : "wait"}` }, WORDS[status]),
  );
}

function decision(appRequestId: string, name: string, reload: () => Promise<void>): HTMLElement {
  const note = h("input", { maxlength: "1000" });
  const decide = (text: string, choice: "APPROVE" | "DECLINE", className = "") =>
    button(
      text,
      async () => {
        const input = { appRequestId, decision: choice, note: note.value };
        const { decideAppRequest } = await ask(DecideDocument, { input });
        refuse(decideAppRequest);
        await reload();
      },
      className,
    );
  return h(
    "div",
    { class: "stack", role: "group", "aria-label": `Decide about ${name}` },
    h("label", {}, "Answer (optional)", note),
    h("p", { class: "row" }, decide("Approve", "APPROVE", "primary"), decide("Decline", "DECLINE")),
  );
}
