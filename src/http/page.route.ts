import type { FastifyInstance, FastifyReply } from "fastify";
import type { Link } from "../banner";
import type { Brand } from "../config";
import { indexPage } from "./index.page";
import { IMAGE_HEADERS, type Logos, registerLogos } from "./logo.route";
import { createLayout, ICON_PATH, type Layout } from "./page";
import { initialIcon } from "./page.icon";

declare module "fastify" {
  interface FastifyInstance {
    /** The frame of all pages, and the pictures on them; set by `registerPages`. */
    layout: Layout;
    logos: Logos;
  }
}

/** Before all routes with pages. */
export function registerPages(app: FastifyInstance, { brand, secret }: { brand: Brand; secret: string }): void {
  const layout = createLayout(brand);
  const icon = initialIcon(layout.brandName, brand.color);
  app.decorate("layout", layout);
  app.decorate("logos", registerLogos(app, { brand, secret, allowed: [] }));
  // Browsers ask for the second on their own, for Sandbox for instance.
  for (const path of [ICON_PATH, "/favicon.ico"]) {
    app.get(path, async (_request, reply) =>
      reply.headers(IMAGE_HEADERS).header("cache-control", "public, max-age=86400").type("image/svg+xml").send(icon),
    );
  }
}

/** Not in production. */
export function registerIndex(app: FastifyInstance, links: readonly Link[]): void {
  app.get("/", async (_request, reply) => sendPage(reply, 200, indexPage(app.layout, links)));
}

export const sendPage = (reply: FastifyReply, status: number, markup: string) =>
  reply.headers(reply.server.layout.headers).code(status).type("text/html; charset=utf-8").send(markup);
