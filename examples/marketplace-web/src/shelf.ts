import { ask } from "./api";
import { button, h } from "./dom";
import { type CardFragment, ShelfDocument } from "./gql/graphql";

const PAGE = 24;

export async function shelf(): Promise<Node[]> {
  const cards = h("ul", { class: "cards" });
  const more = h("div");
  const count = h("p", { class: "lead", role: "status" });
  const search = h("input", { name: "search", type: "search", maxlength: "200", autocomplete: "off" });
  const form = h(
    "form",
    { class: "row", role: "search" },
    h("label", {}, "Search by name, purpose or publisher", search),
    h("button", { class: "primary" }, "Search"),
  );

  async function load(after: string | null): Promise<void> {
    const { marketplace } = await ask(ShelfDocument, { first: PAGE, after, filter: { search: search.value } });
    if (!marketplace) return;
    if (after === null) cards.replaceChildren();
    cards.append(...marketplace.nodes.map(card));
    const { totalCount, pageInfo } = marketplace;
    count.textContent = totalCount === 1 ? "One app" : `${totalCount ?? "Many"} apps`;
    more.replaceChildren(
      ...(pageInfo.hasNextPage ? [button("Show more", () => load(pageInfo.endCursor ?? null))] : []),
    );
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    load(null).catch((error: Error) => {
      count.textContent = error.message;
    });
  });
  await load(null);
  return [h("h1", {}, "Apps for your organization"), form, count, cards, more];
}

const card = ({ connectedApp, tagline, publisherName, categories, ...state }: CardFragment): HTMLElement =>
  h(
    "li",
    { class: "card" },
    h("h2", {}, h("a", { href: `#/apps/${connectedApp.id}` }, connectedApp.name)),
    h("p", {}, tagline),
    h("p", { class: "soft" }, [publisherName, ...categories].join(" · ")),
    badge(state),
  );

/** What the app is for the person who looks, in one or two words. */
export function badge({
  authorization,
  appRequest,
  availability,
}: Pick<CardFragment, "authorization" | "appRequest" | "availability">): HTMLElement {
  if (authorization) return h("p", { class: "badge good" }, "Connected");
  if (availability === "AVAILABLE") return h("p", { class: "badge" }, "Available");
  return appRequest
    ? h("p", { class: "badge wait" }, "Requested")
    : h("p", { class: "badge wait" }, availability === "NEEDS_APPROVAL" ? "Needs approval" : "Not allowed");
}
