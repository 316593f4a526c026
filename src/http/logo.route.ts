import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { Brand } from "../config";
import type { Picture } from "./logo.fetch";
import { createPictureStore } from "./logo.store";
import { BRAND_LOGO_PATH } from "./page";
import { initialIcon } from "./page.icon";
import { initialOf } from "./page.text";

export interface Logos {
  /** Where we serve the picture of this app; `undefined` when it has none that we would fetch. */
  pathOf(app: { name: string; logoUrl: string | null | undefined }): string | undefined;
}

export interface LogoOptions {
  brand: Brand;
  /** All replicas share it: one signs, another serves. */
  secret: string;
  /** See `createPictureFetcher`. */
  allowed: readonly string[];
}

const PATH = "/logos/app";
const MAX_ADDRESS = 2000;
/** For pictures that we serve: nothing in them may run, wherever they are opened. */
export const IMAGE_HEADERS = {
  "content-security-policy": "default-src 'none'; sandbox",
  "x-content-type-options": "nosniff",
  "cross-origin-resource-policy": "same-origin",
} as const;

/**
 * Pictures of apps and of the marketplace, from our own origin: their hosts learn of no visitor. The address is signed
 * by us when a page names it, so this is no proxy for anybody's addresses, and asking costs no call to Stytch.
 */
export function registerLogos(app: FastifyInstance, { brand, secret, allowed }: LogoOptions): Logos {
  const { logoUrl, name, color } = brand;
  let isSaid = false;
  const store = createPictureStore(allowed, (address, error) => {
    // Apps' pictures are strangers' business; the marketplace's own is its operator's.
    if (address !== logoUrl || isSaid) return;
    isSaid = true;
    const reason = error instanceof Error ? error.message : String(error);
    app.log.warn({ logoUrl, reason }, "BRAND_LOGO_URL cannot be fetched: pages show an initial in its place");
  });
  const key = Buffer.from(hkdfSync("sha256", secret, "", "logo addresses", 32));
  const sign = (address: string, initial: string) =>
    createHmac("sha256", key)
      .update(JSON.stringify([address, initial]))
      .digest();

  app.get(PATH, async (request, reply) => {
    const query = new URL(request.url, "http://gateway").searchParams;
    const [address = "", initial = "", signature = ""] = ["url", "initial", "signature"].map(
      (name) => query.get(name) ?? "",
    );
    const [sent, expected] = [Buffer.from(signature, "base64url"), sign(address, initial)];
    if (sent.length !== expected.length || !timingSafeEqual(sent, expected)) return reply.code(404).send();
    return sendPicture(reply, await store.get(address), initial, undefined);
  });

  if (logoUrl) {
    app.get(BRAND_LOGO_PATH, async (_request, reply) =>
      sendPicture(reply, await store.get(logoUrl), name ?? "", color),
    );
  }

  return {
    pathOf({ name, logoUrl }) {
      if (!logoUrl || logoUrl.length > MAX_ADDRESS || !URL.canParse(logoUrl)) return undefined;
      const initial = initialOf(name);
      const signature = sign(logoUrl, initial).toString("base64url");
      return `${PATH}?${new URLSearchParams({ url: logoUrl, initial, signature })}`;
    },
  };
}

function sendPicture(reply: FastifyReply, picture: Picture | null, name: string, color: string | undefined) {
  const seconds = picture ? 3600 : 300;
  reply.headers(IMAGE_HEADERS).header("cache-control", `public, max-age=${seconds}`);
  return picture
    ? reply.type(picture.type).send(picture.body)
    : reply.type("image/svg+xml").send(initialIcon(name, color));
}
