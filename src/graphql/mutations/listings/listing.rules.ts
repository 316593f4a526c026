import { z } from "zod";
import { problem, refuseIfAny } from "../../../failure";
import type { ListingTexts } from "../../../marketplace/listing";
import { filled, LOOPBACK, multiline, text, UNPRINTABLE } from "../text.rules";
import type { SaveListingInput } from "./listing.input";

const MAX_TAGLINE = 140;
const MAX_DETAILS = 20_000;
const MAX_PUBLISHER = 100;
const MAX_CATEGORIES = 10;
const MAX_CATEGORY = 40;
const MAX_URL = 2_000;
const MAX_SCOPES = 50;
const MAX_SCOPE = 200;

/** What is wrong with an address that people are sent to, or null. */
function urlProblem(value: string, allowsLoopback: boolean): string | null {
  const url = URL.parse(value);
  if (!url || UNPRINTABLE.test(value) || /\s/.test(value)) return "must be an absolute https URL";
  if (url.username || url.password) return "must not carry a user name or password";
  if (url.protocol === "https:") return null;
  if (allowsLoopback && url.protocol === "http:" && LOOPBACK.has(url.hostname)) return null;
  return allowsLoopback ? "must use https, or http on 127.0.0.1, [::1] or localhost" : "must use https";
}

const url = ({ allowsLoopback = false } = {}) =>
  z
    .string()
    .max(MAX_URL, `must have at most ${MAX_URL} characters`)
    .superRefine((value, context) => {
      const message = urlProblem(value, allowsLoopback);
      if (message) context.addIssue({ code: "custom", message });
    });

/** RFC 6749 3.3 */
const scope = z
  .string()
  .max(MAX_SCOPE, `must have at most ${MAX_SCOPE} characters each`)
  .regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, "must be names of scopes, without spaces and quotes");

const listingFields = (allowsLoopback: boolean) =>
  z.object({
    tagline: filled(text(MAX_TAGLINE)),
    details: filled(multiline(MAX_DETAILS)),
    categories: z.array(filled(text(MAX_CATEGORY))).max(MAX_CATEGORIES, `must have at most ${MAX_CATEGORIES} entries`),
    publisherName: filled(text(MAX_PUBLISHER)),
    publisherUrl: url().nullish(),
    supportUrl: url().nullish(),
    privacyPolicyUrl: url(),
    termsUrl: url().nullish(),
    installUrl: url({ allowsLoopback }),
    scopes: z.array(scope).max(MAX_SCOPES, `must have at most ${MAX_SCOPES} entries`),
  });

/** @throws Failure that names every bad field. */
export function toTexts(input: SaveListingInput, allowsLoopback: boolean): ListingTexts {
  const result = listingFields(allowsLoopback).safeParse(input);
  refuseIfAny(
    (result.error?.issues ?? []).map(({ path, message }) =>
      problem("INVALID", path.map(String), `${String(path[0])} ${message}.`),
    ),
  );
  return {
    tagline: input.tagline.trim(),
    details: input.details,
    categories: [...new Set(input.categories.map((category) => category.trim()))],
    publisherName: input.publisherName.trim(),
    publisherUrl: input.publisherUrl ?? null,
    supportUrl: input.supportUrl ?? null,
    privacyPolicyUrl: input.privacyPolicyUrl,
    termsUrl: input.termsUrl ?? null,
    installUrl: input.installUrl,
    scopes: [...new Set(input.scopes)],
  };
}
