import type { FastifyInstance, FastifyReply } from "fastify";
import { type Brand, createLayout, ICON_PATH, type Layout } from "./page";
import { initialIcon } from "./page.icon";

declare module "fastify" {
  interface FastifyInstance {
    /** The frame of all pages; set by `registerPages`. */
    layout: Layout;
  }
}

/** For pictures that we serve: nothing in them may run, wherever they are opened. */
export const IMAGE_HEADERS = {
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
} as const;

/** Before all routes with pages. */
export function registerPages(app: FastifyInstance, brand: Brand): void {
  const layout = createLayout(brand);
  const icon = initialIcon(layout.brandName, brand.color);
  app.decorate("layout", layout);
  // Browsers ask for the second on their own, for Sandbox for instance.
  for (const path of [ICON_PATH, "/favicon.ico"]) {
    app.get(path, async (_request, reply) =>
      reply.headers(IMAGE_HEADERS).header("cache-control", "public, max-age=86400").type("image/svg+xml").send(icon),
    );
  }
}

export const sendPage = (reply: FastifyReply, status: number, markup: string) =>
  reply.headers(reply.server.layout.headers).code(status).type("text/html; charset=utf-8").send(markup);
