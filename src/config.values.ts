import { isIP } from "node:net";
import { z } from "zod";

/** Kinds of values that variables of the environment have. */

export const LOOPBACK_HOSTS = new Set(["127.0.0.1", "localhost", "[::1]", "::1"]);

/** Without a user name and password: our URLs are logged, shown and linked to. */
export const isHttp = (url: string, { loopbackOnly }: { loopbackOnly: boolean }) => {
  const parsed = URL.parse(url);
  if (parsed?.username !== "" || parsed.password !== "") return false;
  if (parsed.protocol === "https:") return true;
  return parsed.protocol === "http:" && (!loopbackOnly || LOOPBACK_HOSTS.has(parsed.hostname));
};

export const integer = (min: number, max: number) => {
  const message = `must be a whole number from ${min} to ${max}`;
  return z.string().regex(/^\d+$/, message).transform(Number).pipe(z.number().min(min, message).max(max, message));
};
/** Nothing but scheme, host and port: what stood behind them would be ignored. */
const originWhere = (rule: { loopbackOnly: boolean }, message: string) =>
  z
    .string()
    .refine((value) => isHttp(value, rule) && URL.parse(value)?.origin === value.replace(/\/$/, ""), { message })
    .transform((value) => value.replace(/\/$/, ""));
export const origin = originWhere(
  { loopbackOnly: false },
  "must be an origin such as https://api.example.com, without a path",
);
const ONLY_LOOPBACK = "(http only for 127.0.0.1, [::1] or localhost)";
export const safeOrigin = originWhere(
  { loopbackOnly: true },
  `must be an origin such as https://login.example.com, without a path ${ONLY_LOOPBACK}`,
);
export const httpUrl = z.string().refine((value) => isHttp(value, { loopbackOnly: true }), {
  message: `must be an https URL without a user name ${ONLY_LOOPBACK}`,
});

/** What is wrong with the ledger's `file:PATH`, as the end of a sentence about DATABASE_URL; `null` when nothing is. */
export function fileProblem(url: string): string | null {
  const [, afterSlashes] = /^file:\/\/([^/].*)$/.exec(url) ?? [];
  // RFC 8089: two slashes begin a host.
  if (afterSlashes !== undefined)
    return `names a host; write file:./${afterSlashes} for a path from here, or file:/${afterSlashes}`;
  if (/:memory:|[?&]mode=memory\b/i.test(url))
    return "must name a file: what is in memory is gone with the process, so only the emulator has its ledger there";
  if (url.includes("?")) return "takes no parameters after the path; write file:PATH without ? and what follows it";
  if (/[/\\]$/.test(url)) return "must name a file, not a folder";
  return null;
}
export const databaseUrl = z.string().superRefine((value, context) => {
  const isKnown = /^file:.+/.test(value) || /^postgres(ql)?:\/\/./.test(value);
  const message = isKnown ? value.startsWith("file:") && fileProblem(value) : "must be file:PATH or a postgres:// URL";
  if (message) context.addIssue({ code: "custom", message });
});

const HOST_NAME = /^[a-z\d]([a-z\d.-]*[a-z\d])?$/i;

/** Not a link-local address with its zone: no URL can name it. */
export const listenAddress = z
  .string()
  .refine((value) => (isIP(value) !== 0 && !value.includes("%")) || HOST_NAME.test(value), {
    message: "must be an address or a name of this machine, such as 127.0.0.1, or 0.0.0.0 for all addresses",
  });

/** Where pictures are fetched from: by https on the standard port only, for the gateway is no port scanner. */
export const isPictureUrl = ({ protocol, port, username, password }: URL): boolean =>
  protocol === "https:" && port === "" && username === "" && password === "";
export const pictureUrl = z.string().refine(
  (value) => {
    const parsed = URL.parse(value);
    return parsed !== null && isPictureUrl(parsed);
  },
  { message: "must be an https URL on the standard port, without a user name" },
);

/** Printable, and nothing that turns the direction of the text around it. */
export const PLAIN_TEXT = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]{1,60}$/u;

const isAddressBlock = (text: string): boolean => {
  const [address = "", prefix, ...rest] = text.split("/");
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128));
};
export const proxies = z
  .string()
  .transform((text) => (/^\d+$/.test(text) ? Number(text) : text.split(",").map((entry) => entry.trim())))
  .refine((value) => (typeof value === "number" ? value <= 10 : value.every(isAddressBlock)), {
    message: "must be a number of proxies from 0 to 10, or addresses and CIDR blocks separated by commas",
  });
/** `name=value,name=value`, percent-encoded (https://opentelemetry.io/docs/specs/otel/protocol/exporter/). */
export const otelHeaders = z
  .string()
  .regex(/^\s*[\w-]+\s*=[^,]*(,\s*[\w-]+\s*=[^,]*)*$/, "must be name=value, several separated by commas")
  .transform((text, context) => {
    try {
      return Object.fromEntries(
        text.split(",").map((entry) => {
          const [name = "", ...value] = entry.split("=");
          return [name.trim(), decodeURIComponent(value.join("=").trim())];
        }),
      );
    } catch {
      context.addIssue({ code: "custom", message: "must have percent-encoded values" });
      return z.NEVER;
    }
  });
export const perMinute = integer(0, 1_000_000);
