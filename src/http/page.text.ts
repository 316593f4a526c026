import { visible } from "../marketplace/visible";

/** Whatever is longer is not read before it is cut: names and descriptions come from strangers. */
const MAX_READ = 10_000;
/** More marks on one letter climb over the lines above it. */
const PILED_MARKS = /(\p{M}{3})\p{M}+/gu;
const LOOPBACK = new Set(["127.0.0.1", "[::1]", "localhost"]);

export const MAX_NAME = 80;
export const MAX_SENTENCE = 120;
export const MAX_DESCRIPTION = 200;

/** One line of text that shows what it holds, in at most so many characters; empty if nothing of it can be seen. */
export function clean(untrusted: string | null | undefined, max: number): string {
  const text = visible((untrusted ?? "").slice(0, MAX_READ)).replace(PILED_MARKS, "$1");
  const characters = [...text];
  return characters.length > max ? `${characters.slice(0, max).join("").trimEnd()}…` : text;
}

const segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });

/** Stands for a logo. */
export function initialOf(name: string): string {
  for (const { segment } of segmenter.segment(name.slice(0, MAX_NAME))) {
    if (/[\p{L}\p{N}]/u.test(segment)) return segment.toLocaleUpperCase("en");
  }
  return "•";
}

export type Destination =
  | { kind: "site"; host: string }
  | { kind: "program"; host: string }
  /** A private scheme: what follows it names nobody, though it may look like a host (RFC 8252 7.1). */
  | { kind: "app"; scheme: string };

/** Where a redirect URI leads. International names stay in their ASCII form, in which none looks like another. */
export function destinationOf(redirectUri: string): Destination {
  const { protocol, host, hostname } = new URL(redirectUri);
  if (protocol !== "https:" && protocol !== "http:") return { kind: "app", scheme: protocol };
  return { kind: LOOPBACK.has(hostname) ? "program" : "site", host };
}

const dates = new Intl.DateTimeFormat("en", { dateStyle: "long", timeZone: "UTC" });
const times = new Intl.DateTimeFormat("en", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" });

export const dayOf = (date: Date): string => dates.format(date);
export const minuteOf = (date: Date): string => `${times.format(date)} UTC`;
