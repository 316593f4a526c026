import { ApiError, signInUrl } from "./api";
import { app } from "./app";
import { away, h } from "./dom";
import { mine } from "./mine";
import { requests } from "./requests";
import { shelf } from "./shelf";
import { readViewer, type Viewer } from "./viewer";

const main = document.querySelector("main");
const nav = document.querySelector("nav");
const who = document.querySelector("#viewer");

const PAGES = [
  ["#/", "Apps"],
  ["#/mine", "My apps"],
  ["#/requests", "Requests"],
] as const;

function page(viewer: Viewer): Promise<Node[]> {
  const [, name, id] = location.hash.split("/");
  if (name === "apps" && id) return app(decodeURIComponent(id), viewer, show);
  if (name === "mine") return mine(viewer, show);
  if (name === "requests") return requests(viewer, show);
  return shelf();
}

/** Which page was asked for last: an answer to an earlier one comes too late. */
let latest = 0;

async function show(): Promise<void> {
  const mine = ++latest;
  const content = await read().catch((error: unknown) => fault(error));
  if (mine !== latest) return;
  main?.replaceChildren(...content);
  document.title = `${main?.querySelector("h1")?.textContent ?? "Apps"} · Marketplace`;
}

async function read(): Promise<Node[]> {
  const viewer = await readViewer();
  const here = location.hash || "#/";
  nav?.replaceChildren(
    ...PAGES.map(([href, text]) => h("a", { href, ...(href === here && { "aria-current": "page" }) }, text)),
  );
  who?.replaceChildren(viewer ? `${viewer.member.name} · ${viewer.organization.name}` : "");
  return viewer ? page(viewer) : signIn();
}

const signIn = (): Node[] => [
  h("h1", {}, "Sign in to see the apps"),
  h("p", {}, "Apps are for members of an organization. Sign in, then come back to this page."),
  h("p", {}, away(signInUrl, "Sign in", "button primary")),
];

const fault = (error: unknown): Node[] =>
  error instanceof ApiError && error.code === "UNAUTHENTICATED"
    ? signIn()
    : [
        h("h1", {}, "That did not work"),
        h("p", { role: "alert" }, error instanceof Error ? error.message : String(error)),
      ];

document.querySelector(".skip")?.addEventListener("click", (event) => {
  // The address is the page: it must not become `#main`.
  event.preventDefault();
  main?.focus();
});
addEventListener("hashchange", () => {
  show().then(() => main?.focus());
});
void show();
